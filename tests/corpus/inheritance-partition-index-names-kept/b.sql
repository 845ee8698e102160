CREATE TABLE p (id int, v text, w bigint, x bigint, UNIQUE (id, w), UNIQUE (id, v), UNIQUE (id, x)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE INDEX p_v ON p (v); CREATE INDEX p_w ON p (w); CREATE INDEX p_both ON p (w) INCLUDE (v) WHERE v <> 'x';
CREATE INDEX p_lower ON p (lower(v)); CREATE INDEX p_x ON p (x);
ALTER INDEX p1_v_idx RENAME TO first_v; ALTER INDEX p1_w_idx RENAME TO first_w; ALTER INDEX p1_w_v_idx RENAME TO first_both;
ALTER TABLE p1 RENAME CONSTRAINT p1_id_w_key TO first_key; ALTER TABLE p1 RENAME CONSTRAINT p1_id_v_key TO first_other_key;
ALTER INDEX p2_x_idx SET (fillfactor = 70);

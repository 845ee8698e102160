CREATE TYPE stage AS ENUM ('draft', 'to''s', 'sent', 'lost');
CREATE DOMAIN past_stage AS stage CHECK (VALUE <> 'lost');
CREATE TABLE letter (
    id int PRIMARY KEY,
    stage stage CHECK (stage <> 'lost' OR sent_on IS NOT NULL),
    former past_stage,
    seen past_stage[],
    next past_stage,
    sent_on date,
    closed boolean GENERATED ALWAYS AS (stage = 'lost') STORED,
    origin past_stage NOT NULL DEFAULT 'to''s',
    EXCLUDE USING btree (sent_on WITH =) WHERE (stage = 'lost')
);
CREATE UNIQUE INDEX letter_underway ON letter (sent_on) WHERE stage = 'to''s';
CREATE TABLE letter_log (id int, stage stage) PARTITION BY LIST (stage);
CREATE TABLE letter_log_sent PARTITION OF letter_log FOR VALUES IN ('sent');
CREATE TABLE letter_log_lost PARTITION OF letter_log FOR VALUES IN ('lost', 'to''s');
CREATE TABLE letter_log_rest PARTITION OF letter_log DEFAULT;

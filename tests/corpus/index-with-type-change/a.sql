CREATE TABLE t (a int, b text, c varchar(10));
CREATE INDEX i ON t (a int4_ops);
CREATE INDEX j ON t (b text_pattern_ops);
CREATE INDEX k ON t USING gin (string_to_array(b, ','));
CREATE INDEX l ON t (c);

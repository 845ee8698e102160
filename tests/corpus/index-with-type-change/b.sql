CREATE TABLE t (a text, b int, c varchar(20));
CREATE INDEX i ON t (a);
CREATE INDEX j ON t (b);
CREATE INDEX k ON t USING gin (string_to_array(a, ','));
CREATE INDEX l ON t (c);

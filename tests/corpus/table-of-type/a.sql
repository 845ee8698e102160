CREATE TYPE ty AS (a int, b text);
CREATE TABLE t1 OF ty; CREATE TABLE t2 (a int, b text); CREATE TABLE t3 OF ty (PRIMARY KEY (a), b WITH OPTIONS DEFAULT 'x');
CREATE TYPE other AS (z int); CREATE TABLE t4 OF other;

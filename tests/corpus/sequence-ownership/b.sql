CREATE TABLE t1 (id int, x int);
CREATE SEQUENCE t1_id_seq AS int;
CREATE TABLE t2 (id int DEFAULT nextval('t1_id_seq'), y int);
ALTER SEQUENCE t1_id_seq OWNED BY t2.id;
CREATE SEQUENCE gone_id_seq AS int;
CREATE TABLE fresh (id int DEFAULT nextval('gone_id_seq')); ALTER SEQUENCE gone_id_seq OWNED BY fresh.id;
CREATE TABLE shared1 (id int DEFAULT nextval('t1_id_seq')); CREATE TABLE shared2 (id int);
CREATE SEQUENCE free OWNED BY shared2.id; CREATE SEQUENCE bound;

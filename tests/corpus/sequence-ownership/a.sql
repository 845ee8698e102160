CREATE TABLE t1 (id serial, x int);
CREATE TABLE t2 (id int, y int);
CREATE TABLE gone (id serial);
CREATE SEQUENCE free; CREATE SEQUENCE bound OWNED BY t1.x; CREATE SEQUENCE gone_bound OWNED BY t2.y;
CREATE TABLE shared1 (id int DEFAULT nextval('free')); CREATE TABLE shared2 (id int DEFAULT nextval('free'));

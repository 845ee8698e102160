CREATE TABLE one (x int, y int, w int);
CREATE TABLE two (x int, q text);
CREATE TABLE child (x int, y int, q text, w int);
ALTER TABLE child INHERIT two, INHERIT one;
CREATE TABLE moved (x int, y int, q text);
ALTER TABLE moved INHERIT two;
CREATE TABLE grandchild (x int, y int, q text, w int, own int);
ALTER TABLE grandchild INHERIT two, INHERIT child;

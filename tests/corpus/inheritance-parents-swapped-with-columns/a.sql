CREATE TABLE one (x int, y int, z int);
CREATE TABLE two (x int);
CREATE TABLE child (x int, y int, z int) INHERITS (one);
CREATE TABLE moved (x int, y int, z int) INHERITS (one);
CREATE TABLE grandchild (x int, y int, z int) INHERITS (child);

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (x int, y text);
CREATE TABLE t (i text, u text, d text, m text, p text, j text, ts text DEFAULT 'now', b text, r text, ip text, a text);

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (x int, y text);
CREATE TABLE t (i int, u uuid, d positive, m mood DEFAULT 'ok', p pair, j jsonb, ts timestamptz DEFAULT now(), b boolean,
                r int4range, ip inet, a int[]);

CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (
    id int PRIMARY KEY, small smallint, wide bigint, txt text, vc varchar(10), num numeric(10, 2), flag boolean,
    j json, ts timestamp, tstz timestamptz, m mood, d positive, arr int[], tarr text[], tm time, iv interval
);

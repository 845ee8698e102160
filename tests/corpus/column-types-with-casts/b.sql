CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE t (
    id bigint PRIMARY KEY, small int, wide text, txt varchar(40), vc varchar(80), num numeric(12, 4), flag text,
    j jsonb, ts timestamptz, tstz timestamptz(3), m text, d int, arr bigint[], tarr varchar(9)[], tm time(3),
    iv interval hour to minute
);

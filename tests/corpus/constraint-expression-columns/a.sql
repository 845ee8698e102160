CREATE TABLE stay (id int PRIMARY KEY, guest text NOT NULL,
                   CONSTRAINT once EXCLUDE (guest WITH =));
CREATE TABLE badge (code text, former text, EXCLUDE (lower(former) WITH =), UNIQUE (code));

CREATE TABLE stay (id int PRIMARY KEY, guest text NOT NULL, gone boolean NOT NULL DEFAULT false,
                   CONSTRAINT once EXCLUDE (guest WITH =) WHERE (NOT gone) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE badge (code text, serial_no int UNIQUE);

CREATE SCHEMA shop;
CREATE TABLE shop.sale (id integer PRIMARY KEY, cents integer NOT NULL);

CREATE SCHEMA shop;
CREATE TABLE shop.sale (id integer PRIMARY KEY, cents integer NOT NULL, quarter integer);

CREATE FUNCTION shop.z_tax(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 5';
CREATE FUNCTION shop.gross(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + shop.z_tax($1)';
CREATE MATERIALIZED VIEW shop.sales AS SELECT id, shop.gross(cents) AS cents FROM shop.sale;

CREATE FUNCTION shop.count_sales() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM shop.sales';
CREATE MATERIALIZED VIEW shop.a_summary AS SELECT shop.count_sales() AS sales;

CREATE FUNCTION shop.last_quarter() RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT max(quarter) FROM shop.sale);
END
$$;
CREATE VIEW shop.b_quarter AS SELECT shop.last_quarter() AS quarter;
CREATE MATERIALIZED VIEW shop.a_quarter AS SELECT quarter FROM shop.b_quarter;

-- Accounting: exclusion, ranges, checks over months, constraints that wait, tables that inherit.
CREATE SCHEMA books;
CREATE DOMAIN books.cents AS bigint NOT NULL DEFAULT 0;
CREATE TYPE books.kind AS ENUM ('asset', 'debt', 'income', 'cost');
CREATE TYPE books.span AS RANGE (SUBTYPE = numeric);
CREATE TABLE books.dated (made date NOT NULL DEFAULT current_date, made_by uuid);
CREATE TABLE books.account (number integer PRIMARY KEY, name text NOT NULL, kind books.kind NOT NULL, closed boolean NOT NULL DEFAULT false) INHERITS (books.dated);
CREATE TABLE books.entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL, reversed bigint UNIQUE REFERENCES books.entry) INHERITS (books.dated);
CREATE TABLE books.posting (entry bigint NOT NULL REFERENCES books.entry DEFERRABLE INITIALLY DEFERRED, account integer NOT NULL REFERENCES books.account,
    amount books.cents, side char NOT NULL CHECK (side IN ('s', 'h')), PRIMARY KEY (entry, account, side));
CREATE TABLE books.period (id integer PRIMARY KEY, during daterange NOT NULL, locked boolean NOT NULL DEFAULT false, EXCLUDE USING gist (during WITH &&));
CREATE TABLE books.rate (country char(2), span books.span, percent numeric(5, 2) NOT NULL, PRIMARY KEY (country, span));
CREATE INDEX posting_account ON books.posting (account, entry DESC);
CREATE FUNCTION books.balance(wanted integer) RETURNS bigint LANGUAGE sql STABLE
    RETURN (SELECT sum(CASE side WHEN 's' THEN amount ELSE -amount END)::bigint FROM books.posting WHERE account = wanted);
CREATE FUNCTION books.balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT sum(CASE side WHEN 's' THEN amount ELSE -amount END) FROM books.posting WHERE entry = new.entry) <> 0 THEN RAISE 'not balanced'; END IF;
    RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER even AFTER INSERT ON books.posting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION books.balanced();
CREATE FUNCTION books.add(bigint, books.cents) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2::bigint';
CREATE AGGREGATE books.total(books.cents) (SFUNC = books.add, STYPE = bigint, INITCOND = '0');
CREATE VIEW books.journal AS SELECT e.id, e.made, e.text, p.account, p.amount, p.side FROM books.entry e JOIN books.posting p ON p.entry = e.id;
CREATE VIEW books.sums AS SELECT account, books.total(amount) AS amount FROM books.journal GROUP BY account;
CREATE MATERIALIZED VIEW books.by_month AS SELECT date_trunc('month', made) AS month, sum(amount) AS amount FROM books.journal GROUP BY 1;
CREATE UNIQUE INDEX by_month_key ON books.by_month (month);
-- changes
ALTER TABLE books.account ADD COLUMN note text;
ALTER TABLE books.entry ADD CONSTRAINT not_itself CHECK (reversed <> id);
ALTER TYPE books.kind ADD VALUE 'equity';
CREATE TABLE books.budget (account integer NOT NULL REFERENCES books.account, period integer NOT NULL REFERENCES books.period, amount books.cents, PRIMARY KEY (account, period));
CREATE VIEW books.open AS SELECT number, name, note FROM books.account WHERE NOT closed;

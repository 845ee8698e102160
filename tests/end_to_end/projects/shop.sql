-- Orders: queues, jobs, calls over the network, secrets, amounts.
CREATE SCHEMA store;
CREATE SCHEMA store_private;
CREATE TYPE store.state AS ENUM ('cart', 'paid', 'sent', 'back');
CREATE TYPE store.money AS (amount numeric(12, 2), currency char(3));
CREATE SEQUENCE store.invoice_number START 1000;
CREATE TABLE store.product (sku text PRIMARY KEY, name text NOT NULL, price numeric(12, 2) NOT NULL CHECK (price >= 0),
    about jsonb CHECK (extensions.matches_schema('{"type": "object"}', about)), words tsvector GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED);
CREATE INDEX product_words ON store.product USING gin (words);
CREATE TABLE store.customer (id uuid PRIMARY KEY REFERENCES auth.users, stripe_id text UNIQUE, country char(2));
CREATE TABLE store.purchase (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer uuid NOT NULL REFERENCES store.customer ON DELETE RESTRICT,
    state store.state NOT NULL DEFAULT 'cart', invoice bigint UNIQUE DEFAULT nextval('store.invoice_number'), total store.money,
    at timestamptz NOT NULL DEFAULT now(), during tstzrange);
CREATE INDEX purchase_open ON store.purchase (customer, at) WHERE state IN ('cart', 'paid');
CREATE TABLE store.line (purchase bigint REFERENCES store.purchase ON DELETE CASCADE, number smallint, sku text NOT NULL REFERENCES store.product
    ON UPDATE CASCADE, pieces integer NOT NULL DEFAULT 1 CHECK (pieces > 0), PRIMARY KEY (purchase, number));
ALTER SEQUENCE store.invoice_number OWNED BY store.purchase.invoice;
CREATE TABLE store_private.webhook (id bigint PRIMARY KEY, body jsonb NOT NULL, asked_as bigint REFERENCES net.sent);
CREATE FUNCTION store_private.call() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
$$ BEGIN PERFORM net.http_post(url := 'https://hooks.test/paid', body := to_jsonb(new)); RETURN new; END $$;
CREATE TRIGGER paid AFTER UPDATE OF state ON store.purchase FOR EACH ROW WHEN (old.state = 'cart' AND new.state = 'paid')
    EXECUTE FUNCTION store_private.call();
CREATE FUNCTION store_private.next_jobs(many integer DEFAULT 5) RETURNS SETOF pgmq.message LANGUAGE sql
    BEGIN ATOMIC SELECT * FROM pgmq.read('paid', many); END;
CREATE PROCEDURE store_private.clean(days integer) LANGUAGE plpgsql AS $$ BEGIN DELETE FROM store.purchase WHERE state = 'cart'; COMMIT; END $$;
CREATE VIEW store_private.job AS SELECT jobid, schedule FROM cron.job;
CREATE VIEW store.sale WITH (security_barrier) AS SELECT p.id, (p.total).amount AS amount, sum(l.pieces) AS pieces
    FROM store.purchase p JOIN store.line l ON l.purchase = p.id GROUP BY p.id;
ALTER TABLE store.purchase ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.purchase FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON store.purchase FOR SELECT TO authenticated USING (customer = (SELECT auth.uid()));
CREATE POLICY works ON store.purchase TO service_role USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA store TO anon, authenticated, service_role;
GRANT SELECT (sku, name, price) ON store.product TO anon;
ALTER DEFAULT PRIVILEGES IN SCHEMA store GRANT SELECT ON TABLES TO authenticated;
REVOKE ALL ON SCHEMA store_private FROM PUBLIC;
-- changes
ALTER TYPE store.state ADD VALUE 'lost' AFTER 'sent';
ALTER TABLE store.product ADD COLUMN weight numeric(8, 3);
ALTER TABLE store.line ADD CONSTRAINT few CHECK (pieces < 1000);
CREATE TABLE store.rating (sku text NOT NULL REFERENCES store.product, who uuid NOT NULL REFERENCES store.customer, stars smallint NOT NULL, UNIQUE (sku, who));
CREATE INDEX line_sku ON store.line (sku);

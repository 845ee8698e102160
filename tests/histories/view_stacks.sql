-- states 1
CREATE TABLE public.invoices (
    id integer PRIMARY KEY,
    customer text NOT NULL,
    net numeric(10, 2) NOT NULL,
    tax numeric(10, 2) NOT NULL DEFAULT 0
);

-- states 2-3
CREATE TABLE public.invoices (
    id bigint PRIMARY KEY,
    customer text NOT NULL,
    net numeric(14, 4) NOT NULL,
    tax numeric(14, 4) NOT NULL DEFAULT 0,
    paid_on date
);

-- states 4-
CREATE TYPE public.money_amount AS (amount numeric(14, 4), currency char(3));
CREATE TABLE public.invoices (
    id bigint PRIMARY KEY,
    customer varchar(200) NOT NULL,
    net numeric(14, 4) NOT NULL,
    tax numeric(14, 4) NOT NULL DEFAULT 0,
    paid_on timestamptz,
    total public.money_amount
);

-- states 1-
CREATE VIEW public.totals AS SELECT i.id, i.customer, i.net + i.tax AS total FROM public.invoices AS i;
COMMENT ON COLUMN public.totals.total IS 'with tax';
GRANT SELECT (id, total) ON public.totals TO anon;
ALTER VIEW public.totals ALTER COLUMN total SET DEFAULT 0;

-- states 1-2
CREATE VIEW public.by_customer WITH (security_invoker = true) AS
    SELECT t.customer, sum(t.total) AS total FROM public.totals AS t GROUP BY t.customer;

-- states 3-
CREATE VIEW public.by_customer AS
    SELECT t.customer, sum(t.total) AS total, count(*) AS invoices FROM public.totals AS t GROUP BY t.customer;

-- states 1-
CREATE VIEW public.best AS SELECT b.* FROM public.by_customer AS b WHERE b.total > 1000;
CREATE MATERIALIZED VIEW public.ranking AS
    SELECT b.customer, rank() OVER (ORDER BY b.total DESC) AS place FROM public.best AS b;
CREATE UNIQUE INDEX ranking_customer ON public.ranking (customer);

-- states 1-3
CREATE FUNCTION public.best_of(at_least numeric) RETURNS SETOF public.best LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT b.* FROM public.best AS b WHERE b.total >= at_least;
END;

-- states 4-
CREATE FUNCTION public.best_of(at_least numeric, at_most integer DEFAULT 10) RETURNS TABLE (customer text, total numeric)
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT b.customer, b.total FROM public.best AS b WHERE b.total >= at_least LIMIT at_most;
END;

-- states 2-
CREATE FUNCTION public.longer(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN length(a) >= length(b) THEN a ELSE b END;
CREATE AGGREGATE public.longest(text) (SFUNC = public.longer, STYPE = text, INITCOND = '');

-- states 3-
CREATE VIEW public.names AS SELECT public.longest(customer) AS name FROM public.invoices;
CREATE RULE no_deletes AS ON DELETE TO public.totals DO INSTEAD NOTHING;
CREATE FUNCTION public.pay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.invoices SET paid_on = now() WHERE id = new.id;
    RETURN new;
END
$$;
CREATE TRIGGER pays INSTEAD OF UPDATE ON public.totals FOR EACH ROW EXECUTE FUNCTION public.pay();

-- states 5
CREATE VIEW public.unpaid AS SELECT i.id, (i.total).currency FROM public.invoices AS i WHERE i.paid_on IS NULL;

-- rows
INSERT INTO public.invoices (id, customer, net, tax) VALUES (1, 'ann', 1000, 190), (2, 'bob', 10, 0.7);

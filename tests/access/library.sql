-- A library's database: every way in which a role gets at rows, or does not. `mine` marks the rows that policies are about.
CREATE ROLE anon;
CREATE ROLE authenticated;
CREATE ROLE service_role BYPASSRLS;
CREATE ROLE librarian IN ROLE authenticated;
CREATE ROLE guard NOINHERIT IN ROLE librarian;
CREATE ROLE curator;
CREATE ROLE auditor IN ROLE pg_read_all_data;
CREATE ROLE nobody_else;
CREATE SCHEMA vault AUTHORIZATION curator;
GRANT USAGE ON SCHEMA vault TO service_role;
GRANT CREATE ON SCHEMA public TO curator;

CREATE TABLE public.book (id int DEFAULT (random() * 1e8)::int, mine bool DEFAULT false, note text);
CREATE TABLE public.loan (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.fine (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.card (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.shelf (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.desk (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.rare (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.review (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.member (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE vault.salary (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE vault.open_door (LIKE public.book INCLUDING DEFAULTS);
CREATE TABLE public.visit (LIKE public.book INCLUDING DEFAULTS) PARTITION BY LIST (mine);
CREATE TABLE public.visit_mine PARTITION OF public.visit FOR VALUES IN (true);
CREATE TABLE public.visit_others PARTITION OF public.visit DEFAULT;

GRANT SELECT ON public.book TO PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.loan, public.fine, public.card, public.shelf, public.desk TO anon, authenticated;
GRANT ALL ON public.loan, public.fine, public.member, public.rare TO service_role;
GRANT SELECT (id, note), UPDATE (note), INSERT (note) ON public.member TO authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON public.review TO librarian;
GRANT SELECT ON vault.open_door TO anon;
GRANT SELECT, DELETE ON public.visit TO anon;
GRANT ALL ON public.rare TO authenticated;

ALTER TABLE public.loan ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.loan FOR SELECT TO authenticated USING (mine);
CREATE POLICY take ON public.loan FOR INSERT TO anon WITH CHECK (true);
CREATE POLICY keep ON public.loan FOR UPDATE TO authenticated USING (mine) WITH CHECK (true);
CREATE POLICY gone ON public.loan FOR DELETE TO authenticated USING (false);

ALTER TABLE public.fine ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.card ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON public.card USING (true);
CREATE POLICY "but mine" ON public.card AS RESTRICTIVE FOR DELETE TO anon USING (mine);
CREATE POLICY never ON public.card AS RESTRICTIVE FOR INSERT TO anon WITH CHECK (false);

ALTER TABLE public.shelf ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_fine ON public.shelf TO anon USING (EXISTS (SELECT FROM public.fine AS f WHERE f.mine));
CREATE POLICY by_salary ON public.shelf TO authenticated USING (id IN (SELECT s.id FROM vault.salary AS s));

ALTER TABLE public.desk ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION public.is_open() RETURNS bool LANGUAGE sql STABLE AS 'SELECT true';
REVOKE EXECUTE ON FUNCTION public.is_open() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.is_open() TO authenticated;
CREATE POLICY open ON public.desk USING (mine AND public.is_open());

ALTER TABLE public.rare OWNER TO curator;
ALTER TABLE public.rare ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.rare FORCE ROW LEVEL SECURITY;
CREATE POLICY owned ON public.rare FOR SELECT TO curator USING (mine);

ALTER TABLE public.visit ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON public.visit FOR SELECT USING (mine);

CREATE VIEW public.book_list AS SELECT id, mine, note FROM public.book;
CREATE VIEW public.all_loans AS SELECT * FROM public.loan;
CREATE VIEW public.my_loans WITH (security_invoker) AS SELECT * FROM public.loan;
CREATE VIEW public.payroll AS SELECT id, note FROM vault.salary;
CREATE VIEW public.payroll_invoker WITH (security_invoker = on) AS SELECT id, note FROM vault.salary;
CREATE VIEW public.door WITH (security_invoker) AS SELECT id FROM vault.open_door;
CREATE VIEW public.over_invoker AS SELECT * FROM public.my_loans;
CREATE VIEW public.names WITH (security_invoker) AS SELECT id, note FROM public.member;
CREATE VIEW public.marks WITH (security_invoker) AS SELECT id, mine FROM public.member;
CREATE VIEW public.opened WITH (security_invoker) AS SELECT * FROM public.book WHERE public.is_open();
CREATE VIEW public.counted AS SELECT count(*) AS n FROM public.fine;
CREATE VIEW public.both WITH (security_invoker) AS SELECT l.id, l.note FROM public.loan AS l WHERE EXISTS (SELECT FROM public.book);
CREATE VIEW public.curated AS SELECT * FROM public.rare;
ALTER VIEW public.curated OWNER TO curator;
CREATE VIEW public.broken AS SELECT * FROM public.review;
ALTER VIEW public.broken OWNER TO curator;
CREATE VIEW public.form AS SELECT 1 AS id, NULL::text AS note;
CREATE FUNCTION public.keep_form() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER form INSTEAD OF INSERT ON public.form FOR EACH ROW EXECUTE FUNCTION public.keep_form();
GRANT SELECT, INSERT, UPDATE, DELETE ON public.book_list, public.all_loans, public.my_loans, public.payroll, public.payroll_invoker,
    public.door, public.over_invoker, public.names, public.marks, public.opened, public.counted, public.both, public.curated,
    public.broken, public.form TO anon, authenticated;
CREATE MATERIALIZED VIEW public.summary AS SELECT * FROM vault.salary;
GRANT SELECT ON public.summary TO anon;

CREATE FUNCTION public.who() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
CREATE FUNCTION public.who_owns() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text';
CREATE FUNCTION public.who_curates() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text';
ALTER FUNCTION public.who_curates() OWNER TO curator;
REVOKE EXECUTE ON FUNCTION public.who_curates() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.who_curates() TO librarian;
CREATE FUNCTION vault.who_is_there() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';

CREATE SEQUENCE public.ticket;
GRANT USAGE ON SEQUENCE public.ticket TO anon;
GRANT SELECT ON SEQUENCE public.ticket TO authenticated;
GRANT UPDATE ON SEQUENCE public.ticket TO librarian;

INSERT INTO public.book (mine, note) VALUES (true, 'a'), (false, 'b'), (false, 'c');
INSERT INTO public.loan TABLE public.book;
INSERT INTO public.fine TABLE public.book;
INSERT INTO public.card TABLE public.book;
INSERT INTO public.shelf TABLE public.book;
INSERT INTO public.desk TABLE public.book;
INSERT INTO public.rare TABLE public.book;
INSERT INTO public.review TABLE public.book;
INSERT INTO public.member TABLE public.book;
INSERT INTO vault.salary TABLE public.book;
INSERT INTO vault.open_door TABLE public.book;
INSERT INTO public.visit TABLE public.book;
REFRESH MATERIALIZED VIEW public.summary;

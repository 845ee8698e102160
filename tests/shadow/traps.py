"""Code that notes in a sequence, which no rollback takes back, that it ran with the rights of a superuser."""

import psycopg

SPRINGS = """
CREATE SEQUENCE public.met;
CREATE FUNCTION public.spring(trap int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles AS r
             WHERE r.rolsuper AND r.rolname::pg_catalog.text OPERATOR(pg_catalog.=) ANY
                   (ARRAY[session_user::pg_catalog.text, current_user::pg_catalog.text])) THEN
    PERFORM pg_catalog.setval('public.met'::pg_catalog.regclass, trap);
  END IF;
  RETURN true;
END $$;
CREATE FUNCTION public.steady(trap int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(trap); RETURN 7; END $$;
"""

NAMES = """
CREATE FUNCTION public.same(name, name) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(10); RETURN $1::text OPERATOR(pg_catalog.=) $2::text; END $$;
CREATE FUNCTION public.like_it(name, name) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(11); RETURN $1::text OPERATOR(pg_catalog.~~) $2::text; END $$;
CREATE FUNCTION public.other(name, name) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(12); RETURN $1::text OPERATOR(pg_catalog.<>) $2::text; END $$;
CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(13); RETURN pg_catalog.quote_ident($1::text); END $$;
CREATE FUNCTION public.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(14); RETURN pg_catalog.set_config($1, $2, $3); END $$;
CREATE FUNCTION public.pg_has_role(name, oid, unknown_words text) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(15); RETURN pg_catalog.pg_has_role($1, $2, $3); END $$;
CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.same);
CREATE OPERATOR public.~~ (LEFTARG = name, RIGHTARG = name, FUNCTION = public.like_it);
CREATE OPERATOR public.<> (LEFTARG = name, RIGHTARG = name, FUNCTION = public.other);
CREATE VIEW public.pg_roles AS SELECT r.*, public.spring(16) AS sprung FROM pg_catalog.pg_roles AS r;
CREATE VIEW public.pg_event_trigger AS
  SELECT e.*, public.spring(17) AS sprung FROM pg_catalog.pg_event_trigger AS e;
"""

COMPUTED = """
CREATE TABLE public.folded (id int PRIMARY KEY, part int DEFAULT public.steady(20), CHECK (public.steady(21) > 0));
ALTER TABLE public.folded ADD CONSTRAINT later CHECK (public.steady(22) > 0);
CREATE INDEX narrow ON public.folded (id) WHERE public.steady(23) > 0;
CREATE INDEX computed ON public.folded ((public.steady(24) + id));
CREATE STATISTICS public.counted ON (public.steady(25) + id), part FROM public.folded;
ALTER TABLE public.folded ADD COLUMN made int GENERATED ALWAYS AS (public.steady(26) + id) STORED;
CREATE TABLE public.bounded (id int) PARTITION BY RANGE (id);
CREATE TABLE public.bounds PARTITION OF public.bounded FOR VALUES FROM (public.steady(27)) TO (100);
CREATE DOMAIN public.checked AS int DEFAULT public.steady(28) CHECK (public.spring(29));
CREATE TABLE public.domains (id int PRIMARY KEY, kept public.checked DEFAULT 1);
CREATE VIEW public.looks AS SELECT public.spring(30) AS sprung, id FROM public.folded;
CREATE MATERIALIZED VIEW public.kept AS SELECT public.steady(31) AS seven;
CREATE FUNCTION public.fired() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(32); RETURN new; END $$;
CREATE TRIGGER fires BEFORE INSERT OR UPDATE ON public.domains FOR EACH ROW EXECUTE FUNCTION public.fired();
CREATE RULE rules AS ON DELETE TO public.domains DO ALSO SELECT public.spring(33);
ALTER TABLE public.domains ENABLE ROW LEVEL SECURITY;
CREATE POLICY looks ON public.domains USING (public.spring(34));
"""

ORDERED = """
CREATE FUNCTION public.compared(int, int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(40); RETURN pg_catalog.btint4cmp($1, $2); END $$;
CREATE OPERATOR CLASS public.watched FOR TYPE int USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 public.compared(int, int);
CREATE TYPE public.span AS RANGE (subtype = int, subtype_opclass = public.watched);
CREATE TABLE public.spans (id int PRIMARY KEY, span public.span DEFAULT '[1,2)');
CREATE FUNCTION public.reads_spans(span public.span DEFAULT '[3,4)') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PUBLICATION everything FOR ALL TABLES;
"""

ON_DDL = """
CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM public.spring(50); END $$;
CREATE EVENT TRIGGER first ON ddl_command_start EXECUTE FUNCTION public.on_ddl();
CREATE EVENT TRIGGER last ON ddl_command_end EXECUTE FUNCTION public.on_ddl();
ALTER EVENT TRIGGER last ENABLE ALWAYS;
CREATE EVENT TRIGGER dropping ON sql_drop EXECUTE FUNCTION public.on_ddl();
"""

FIRST = 10
"""The smallest number of a trap."""

TRAPS = SPRINGS + NAMES + COMPUTED + ORDERED + ON_DDL


def sprung(url: str) -> int | None:
    """The number of the last trap in a database that met a superuser, if one has."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT pg_catalog.to_regclass('public.met')").fetchone() == (None,):
            return None
        row = connection.execute("SELECT last_value, is_called FROM public.met").fetchone()
    # rehearsals draw some values themselves
    return row[0] if row and row[1] and row[0] >= FIRST else None

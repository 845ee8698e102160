--
-- PostgreSQL database dump
--

\restrict PNxI55vMHjctUtna9MuKs2XgGUthv9MI0ws7BD8CkeaaftZ39wpOE5EvZhU9fMs

-- Dumped from database version 15.18
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: größe; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA "größe";


ALTER SCHEMA "größe" OWNER TO postgres;

--
-- Name: pgcrypto; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;


--
-- Name: EXTENSION pgcrypto; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';


--
-- Name: mood; Type: TYPE; Schema: größe; Owner: postgres
--

CREATE TYPE "größe".mood AS ENUM (
    'sad',
    'so; la',
    'glücklich'
);


ALTER TYPE "größe".mood OWNER TO postgres;

--
-- Name: positive; Type: DOMAIN; Schema: größe; Owner: postgres
--

CREATE DOMAIN "größe".positive AS integer
	CONSTRAINT positive_check CHECK ((VALUE > 0));


ALTER DOMAIN "größe".positive OWNER TO postgres;

--
-- Name: count_people(); Type: FUNCTION; Schema: größe; Owner: postgres
--

CREATE FUNCTION "größe".count_people() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- a comment; with a semicolon
  RETURN (SELECT count(*) FROM größe.people);
END;
$$;


ALTER FUNCTION "größe".count_people() OWNER TO postgres;

--
-- Name: nothing(); Type: PROCEDURE; Schema: größe; Owner: postgres
--

CREATE PROCEDURE "größe".nothing()
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT 1;
 SELECT 2;
END;


ALTER PROCEDURE "größe".nothing() OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: people; Type: TABLE; Schema: größe; Owner: postgres
--

CREATE TABLE "größe".people (
    id bigint NOT NULL,
    name text DEFAULT 'it''s; fine'::text NOT NULL,
    mood "größe".mood,
    n "größe".positive,
    CONSTRAINT "Weird ""name" CHECK ((name <> ''::text))
);


ALTER TABLE "größe".people OWNER TO postgres;

--
-- Name: TABLE people; Type: COMMENT; Schema: größe; Owner: postgres
--

COMMENT ON TABLE "größe".people IS 'people; of größe';


--
-- Name: happy; Type: VIEW; Schema: größe; Owner: postgres
--

CREATE VIEW "größe".happy AS
 SELECT people.id,
    people.name
   FROM "größe".people
  WHERE (people.mood = 'glücklich'::"größe".mood);


ALTER TABLE "größe".happy OWNER TO postgres;

--
-- Name: of_row("größe".happy); Type: FUNCTION; Schema: größe; Owner: postgres
--

CREATE FUNCTION "größe".of_row("größe".happy) RETURNS text
    LANGUAGE sql
    AS $_$SELECT $1.name$_$;


ALTER FUNCTION "größe".of_row("größe".happy) OWNER TO postgres;

--
-- Name: twice(integer); Type: FUNCTION; Schema: größe; Owner: postgres
--

CREATE FUNCTION "größe".twice(n integer) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (n > 0) THEN (n * 2)
             ELSE 0
         END AS "case";
END;


ALTER FUNCTION "größe".twice(n integer) OWNER TO postgres;

--
-- Name: later; Type: VIEW; Schema: größe; Owner: postgres
--

CREATE VIEW "größe".later AS
SELECT
    NULL::integer AS a,
    NULL::integer AS b;


ALTER TABLE "größe".later OWNER TO postgres;

--
-- Name: uses("größe".later); Type: FUNCTION; Schema: größe; Owner: postgres
--

CREATE FUNCTION "größe".uses("größe".later) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT ($1).a AS a;
END;


ALTER FUNCTION "größe".uses("größe".later) OWNER TO postgres;

--
-- Name: grouped; Type: VIEW; Schema: größe; Owner: postgres
--

CREATE VIEW "größe".grouped AS
SELECT
    NULL::bigint AS id,
    NULL::text AS name,
    NULL::bigint AS n;


ALTER TABLE "größe".grouped OWNER TO postgres;

--
-- Name: people_id_seq; Type: SEQUENCE; Schema: größe; Owner: postgres
--

CREATE SEQUENCE "größe".people_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER TABLE "größe".people_id_seq OWNER TO postgres;

--
-- Name: people_id_seq; Type: SEQUENCE OWNED BY; Schema: größe; Owner: postgres
--

ALTER SEQUENCE "größe".people_id_seq OWNED BY "größe".people.id;


--
-- Name: visits; Type: TABLE; Schema: größe; Owner: postgres
--

CREATE TABLE "größe".visits (
    id integer NOT NULL,
    person bigint,
    day date
)
PARTITION BY RANGE (day);


ALTER TABLE "größe".visits OWNER TO postgres;

--
-- Name: visits_2025; Type: TABLE; Schema: größe; Owner: postgres
--

CREATE TABLE "größe".visits_2025 (
    id integer NOT NULL,
    person bigint,
    day date
);


ALTER TABLE "größe".visits_2025 OWNER TO postgres;

--
-- Name: visits_id_seq; Type: SEQUENCE; Schema: größe; Owner: postgres
--

ALTER TABLE "größe".visits ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME "größe".visits_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: visits_2025; Type: TABLE ATTACH; Schema: größe; Owner: postgres
--

ALTER TABLE ONLY "größe".visits ATTACH PARTITION "größe".visits_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');


--
-- Name: people id; Type: DEFAULT; Schema: größe; Owner: postgres
--

ALTER TABLE ONLY "größe".people ALTER COLUMN id SET DEFAULT nextval('"größe".people_id_seq'::regclass);


--
-- Name: people people_pkey; Type: CONSTRAINT; Schema: größe; Owner: postgres
--

ALTER TABLE ONLY "größe".people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);


--
-- Name: visits_day_idx; Type: INDEX; Schema: größe; Owner: postgres
--

CREATE INDEX visits_day_idx ON ONLY "größe".visits USING btree (day);


--
-- Name: visits_2025_day_idx; Type: INDEX; Schema: größe; Owner: postgres
--

CREATE INDEX visits_2025_day_idx ON "größe".visits_2025 USING btree (day);


--
-- Name: visits_2025_day_idx; Type: INDEX ATTACH; Schema: größe; Owner: postgres
--

ALTER INDEX "größe".visits_day_idx ATTACH PARTITION "größe".visits_2025_day_idx;


--
-- Name: grouped _RETURN; Type: RULE; Schema: größe; Owner: postgres
--

CREATE OR REPLACE VIEW "größe".grouped AS
 SELECT people.id,
    people.name,
    count(*) AS n
   FROM "größe".people
  GROUP BY people.id;


--
-- Name: later _RETURN; Type: RULE; Schema: größe; Owner: postgres
--

CREATE OR REPLACE VIEW "größe".later AS
 SELECT 1 AS a,
    "größe".uses(NULL::"größe".later) AS b;


--
-- Name: people log; Type: RULE; Schema: größe; Owner: postgres
--

CREATE RULE log AS
    ON DELETE TO "größe".people DO ( SELECT 1 AS "?column?";
 SELECT 2 AS "?column?";
);


--
-- Name: people t; Type: TRIGGER; Schema: größe; Owner: postgres
--

CREATE TRIGGER t BEFORE UPDATE ON "größe".people FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();


--
-- Name: visits visits_person_fkey; Type: FK CONSTRAINT; Schema: größe; Owner: postgres
--

ALTER TABLE "größe".visits
    ADD CONSTRAINT visits_person_fkey FOREIGN KEY (person) REFERENCES "größe".people(id);


--
-- Name: people p; Type: POLICY; Schema: größe; Owner: postgres
--

CREATE POLICY p ON "größe".people USING (true);


--
-- Name: people; Type: ROW SECURITY; Schema: größe; Owner: postgres
--

ALTER TABLE "größe".people ENABLE ROW LEVEL SECURITY;

--
-- Name: TABLE people; Type: ACL; Schema: größe; Owner: postgres
--

GRANT SELECT ON TABLE "größe".people TO PUBLIC;


--
-- PostgreSQL database dump complete
--

\unrestrict PNxI55vMHjctUtna9MuKs2XgGUthv9MI0ws7BD8CkeaaftZ39wpOE5EvZhU9fMs


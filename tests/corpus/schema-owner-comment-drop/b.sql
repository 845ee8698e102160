CREATE SCHEMA fresh AUTHORIZATION corpus_alice; CREATE TABLE fresh.t (a int); COMMENT ON SCHEMA fresh IS 'f'; GRANT USAGE ON SCHEMA fresh TO PUBLIC;
CREATE SCHEMA kept; CREATE TABLE kept.t (a int); CREATE TABLE fresh.u (a int); CREATE VIEW kept.v AS SELECT t.a FROM fresh.t;
CREATE TABLE public.moved (a int); COMMENT ON SCHEMA public IS 'mine'; REVOKE ALL ON SCHEMA public FROM PUBLIC;

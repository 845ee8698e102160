CREATE SCHEMA "Gone S"; CREATE TABLE "Gone S".t (a int); CREATE VIEW "Gone S".v AS SELECT a FROM "Gone S".t; CREATE FUNCTION "Gone S".f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE SCHEMA kept; CREATE TABLE kept.t (a int); COMMENT ON SCHEMA kept IS 'a';
CREATE TABLE public.moved (a int DEFAULT "Gone S".f());

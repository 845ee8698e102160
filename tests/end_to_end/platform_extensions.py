"""Extensions as a hosted platform has them, for live databases of tests: no scratch server has these."""

from dataclasses import replace

from schemadiff.scratch.stand_ins.known import known_stand_ins
from schemadiff.scratch.stand_ins.stand_in import StandIn

_EMBEDDING = """
CREATE TYPE vector;
CREATE FUNCTION vector_in(cstring, oid, integer) RETURNS vector LANGUAGE internal IMMUTABLE STRICT AS 'varcharin';
CREATE FUNCTION vector_out(vector) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varcharout';
CREATE FUNCTION vector_typmod_in(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION vector_typmod_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE TYPE vector (
    INPUT = vector_in, OUTPUT = vector_out, TYPMOD_IN = vector_typmod_in, TYPMOD_OUT = vector_typmod_out,
    STORAGE = external
);
CREATE FUNCTION distance(vector, vector) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT 1::float8';
CREATE OPERATOR <-> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = distance, COMMUTATOR = <->);
CREATE FUNCTION vector_lt(vector, vector) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'bytealt';
CREATE FUNCTION vector_le(vector, vector) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'byteale';
CREATE FUNCTION vector_eq(vector, vector) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'byteaeq';
CREATE FUNCTION vector_ge(vector, vector) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'byteage';
CREATE FUNCTION vector_gt(vector, vector) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'byteagt';
CREATE FUNCTION vector_cmp(vector, vector) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'byteacmp';
CREATE OPERATOR < (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_lt);
CREATE OPERATOR <= (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_le);
CREATE OPERATOR = (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_eq);
CREATE OPERATOR >= (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_ge);
CREATE OPERATOR > (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_gt);
CREATE OPERATOR CLASS vector_ops DEFAULT FOR TYPE vector USING btree AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 vector_cmp(vector, vector);
CREATE FUNCTION sum_step(vector, vector) RETURNS vector LANGUAGE sql IMMUTABLE AS 'SELECT $2';
CREATE AGGREGATE sum(vector) (SFUNC = sum_step, STYPE = vector);
CREATE CAST (real[] AS vector) WITH INOUT AS ASSIGNMENT;
CREATE FUNCTION hnswhandler(internal) RETURNS index_am_handler LANGUAGE internal AS 'brinhandler';
CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER hnswhandler;
CREATE FUNCTION support(internal) RETURNS internal LANGUAGE internal AS 'brin_minmax_opcinfo';
CREATE FUNCTION support(internal, internal) RETURNS boolean LANGUAGE internal AS 'btequalimage';
CREATE OPERATOR CLASS vector_cosine_ops FOR TYPE vector USING hnsw AS FUNCTION 1 support(internal),
    FUNCTION 2 support(internal, internal), FUNCTION 3 support(internal, internal),
    FUNCTION 4 support(internal, internal);
CREATE OPERATOR CLASS vector_near_ops FOR TYPE vector USING gist AS
    FUNCTION 1 support(internal), FUNCTION 2 support(internal), FUNCTION 5 support(internal),
    FUNCTION 6 support(internal), FUNCTION 7 support(internal);
"""

_CALLS = """
CREATE SCHEMA net;
CREATE TYPE net.request_status AS ENUM ('PENDING', 'DONE');
CREATE TYPE net.answer AS (status net.request_status, headers jsonb);
CREATE TABLE net.sent (id bigserial PRIMARY KEY, url text NOT NULL);
CREATE FUNCTION net.http_post(url text, body jsonb DEFAULT '{"a": 1}', timeout_milliseconds integer DEFAULT 5000)
RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE FUNCTION net.collect(id bigint, OUT answer net.answer, OUT late boolean) LANGUAGE plpgsql AS 'BEGIN END';
GRANT USAGE ON SCHEMA net TO postgres, anon;
REVOKE EXECUTE ON FUNCTION net.http_post FROM PUBLIC;
GRANT EXECUTE ON FUNCTION net.http_post TO postgres;
GRANT REFERENCES, SELECT ON net.sent TO postgres;
"""

_JOBS = """
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigserial PRIMARY KEY, schedule text NOT NULL, command text NOT NULL,
    database text DEFAULT current_database(), username text DEFAULT CURRENT_USER, active boolean DEFAULT true,
    jobname text);
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint
LANGUAGE sql AS 'SELECT 1::bigint';
GRANT USAGE ON SCHEMA cron TO postgres;
GRANT SELECT ON cron.job TO postgres;
"""

_QUEUES = """
CREATE TYPE pgmq.message AS (msg_id bigint, message jsonb);
CREATE FUNCTION pgmq.read(queue text, qty integer DEFAULT 1) RETURNS SETOF pgmq.message
LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION pgmq.list_queues() RETURNS TABLE (queue_name text, created_at timestamptz)
LANGUAGE plpgsql AS 'BEGIN END';
GRANT USAGE ON SCHEMA pgmq TO postgres;
"""

_SCHEMAS = """
CREATE FUNCTION matches_schema(schema json, instance jsonb) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
"""

EXTENSIONS = (
    StandIn("vector", "0.8.1", _EMBEDDING, comment="vectors, says the platform"),
    StandIn("pg_net", "0.20.0", _CALLS, relocatable=False, comment="calls, says the platform"),
    StandIn("pg_cron", "1.6.4", _JOBS, relocatable=False, schema="pg_catalog"),
    StandIn("pgmq", "1.5.1", _QUEUES, relocatable=False, schema="pgmq"),
    StandIn("pg_jsonschema", "0.3.4", _SCHEMAS, relocatable=False),
    replace(known_stand_ins()["postgis"], version="3.3.9", relocatable=False),
)

CREATED = """
CREATE EXTENSION vector SCHEMA extensions;
CREATE EXTENSION pg_net SCHEMA extensions;
CREATE EXTENSION pg_cron;
CREATE EXTENSION pgmq;
CREATE EXTENSION pg_jsonschema SCHEMA extensions;
CREATE EXTENSION postgis SCHEMA extensions;
"""

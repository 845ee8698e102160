-- What declarations need of pg_cron: names and signatures, nothing that runs a job.

CREATE SCHEMA cron;
GRANT USAGE ON SCHEMA cron TO PUBLIC;

CREATE TABLE cron.job (
    jobid bigserial PRIMARY KEY,
    schedule text NOT NULL,
    command text NOT NULL,
    nodename text NOT NULL DEFAULT 'localhost',
    nodeport integer NOT NULL DEFAULT 5432,
    database text NOT NULL DEFAULT current_database(),
    username text NOT NULL DEFAULT current_user,
    active boolean NOT NULL DEFAULT true,
    jobname text
);
CREATE TABLE cron.job_run_details (
    jobid bigint,
    runid bigserial PRIMARY KEY,
    job_pid integer,
    database text,
    username text,
    command text,
    status text,
    return_message text,
    start_time timestamptz,
    end_time timestamptz
);
CREATE FUNCTION cron.schedule(schedule text, command text) RETURNS bigint
LANGUAGE sql AS 'SELECT 0::bigint';
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint
LANGUAGE sql AS 'SELECT 0::bigint';
CREATE FUNCTION cron.schedule_in_database(
    job_name text, schedule text, command text, database text, username text DEFAULT NULL, active boolean DEFAULT true
)
RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
CREATE FUNCTION cron.alter_job(
    job_id bigint, schedule text DEFAULT NULL, command text DEFAULT NULL, database text DEFAULT NULL,
    username text DEFAULT NULL, active boolean DEFAULT NULL
)
RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION cron.unschedule(job_id bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION cron.unschedule(job_name text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
GRANT SELECT ON cron.job TO PUBLIC;
GRANT ALL ON cron.job_run_details TO PUBLIC;

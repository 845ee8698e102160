-- Jobs of a stand-in are nobody's, and of no database: they are declared, and never run.
ALTER TABLE cron.job ALTER COLUMN username DROP NOT NULL, ALTER COLUMN database DROP NOT NULL;

GRANT USAGE ON SCHEMA cron TO PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON cron.job TO PUBLIC;

DROP FUNCTION IF EXISTS cron.schedule(text, text, text);

CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    number bigint;
BEGIN
    UPDATE cron.job AS j SET schedule = $2, command = $3 WHERE j.jobname = $1 RETURNING j.jobid INTO number;
    IF number IS NULL THEN
        SELECT coalesce(max(j.jobid), 0) + 1 INTO number FROM cron.job AS j;
        INSERT INTO cron.job (jobid, schedule, command, nodename, nodeport, database, username, active, jobname)
        VALUES (number, $2, $3, 'localhost', 5432, NULL, NULL, true, $1);
    END IF;
    RETURN number;
END
$$;

DROP FUNCTION IF EXISTS cron.unschedule(text);

CREATE FUNCTION cron.unschedule(job_name text) RETURNS boolean
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM cron.job AS j WHERE j.jobname = $1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'could not find valid entry for job %', $1;
    END IF;
    RETURN true;
END
$$;

DROP FUNCTION IF EXISTS cron.alter_job(bigint, text, text, text, text, boolean);

CREATE FUNCTION cron.alter_job(
    job_id bigint, schedule text DEFAULT NULL, command text DEFAULT NULL, database text DEFAULT NULL,
    username text DEFAULT NULL, active boolean DEFAULT NULL
)
RETURNS void LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    UPDATE cron.job AS j
    SET schedule = coalesce($2, j.schedule), command = coalesce($3, j.command), active = coalesce($6, j.active)
    WHERE j.jobid = $1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Job % does not exist or you don''t own it', $1;
    END IF;
END
$$;

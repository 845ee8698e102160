-- Queues of a stand-in are names; their tables are there where live has them.
GRANT USAGE ON SCHEMA pgmq TO PUBLIC;

GRANT SELECT, INSERT, DELETE ON pgmq.meta TO PUBLIC;

DROP FUNCTION IF EXISTS pgmq.create(text);

CREATE FUNCTION pgmq.create(queue_name text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO pgmq.meta (queue_name, is_partitioned, is_unlogged, created_at) VALUES ($1, false, false, now());
END
$$;

DROP FUNCTION IF EXISTS pgmq.create_unlogged(text);

CREATE FUNCTION pgmq.create_unlogged(queue_name text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO pgmq.meta (queue_name, is_partitioned, is_unlogged, created_at) VALUES ($1, false, true, now());
END
$$;

DROP FUNCTION IF EXISTS pgmq.drop_queue(text);

DROP FUNCTION IF EXISTS pgmq.drop_queue(text, boolean);

CREATE FUNCTION pgmq.drop_queue(queue_name text) RETURNS boolean
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM pgmq.meta AS m WHERE m.queue_name = $1;
    RETURN FOUND;
END
$$;

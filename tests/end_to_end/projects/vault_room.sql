-- Hardened: nothing for PUBLIC or anon, column grants, functions for each thing that may be done, an audit.
CREATE SCHEMA strong;
CREATE SCHEMA strong_api;
ALTER DEFAULT PRIVILEGES IN SCHEMA strong REVOKE ALL ON TABLES FROM anon, authenticated;
ALTER DEFAULT PRIVILEGES IN SCHEMA strong_api REVOKE ALL ON FUNCTIONS FROM anon;
CREATE TABLE strong.account (id uuid PRIMARY KEY, email text NOT NULL, secret_hash text NOT NULL, failed smallint NOT NULL DEFAULT 0, locked_at timestamptz);
CREATE TABLE strong.audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), who name NOT NULL DEFAULT current_user,
    what text NOT NULL, old jsonb, new jsonb);
CREATE TABLE strong.key (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), account uuid NOT NULL REFERENCES strong.account, hash bytea NOT NULL UNIQUE,
    scopes text[] NOT NULL DEFAULT ARRAY['read'], ends timestamptz, CHECK (cardinality(scopes) > 0));
CREATE UNIQUE INDEX account_email ON strong.account (lower(email));
CREATE INDEX audit_at ON strong.audit USING brin (at);
REVOKE ALL ON ALL TABLES IN SCHEMA strong FROM anon, authenticated;
REVOKE ALL ON SCHEMA strong FROM PUBLIC;
GRANT USAGE ON SCHEMA strong TO service_role;
GRANT SELECT (id, email), UPDATE (failed) ON strong.account TO service_role;
CREATE FUNCTION strong.write_down() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS
$$ BEGIN INSERT INTO strong.audit (what, old, new) VALUES (tg_op, to_jsonb(old), to_jsonb(new)); RETURN coalesce(new, old); END $$;
CREATE TRIGGER written AFTER INSERT OR UPDATE OR DELETE ON strong.account FOR EACH ROW EXECUTE FUNCTION strong.write_down();
CREATE TRIGGER written AFTER INSERT OR UPDATE OR DELETE ON strong.key FOR EACH ROW EXECUTE FUNCTION strong.write_down();
ALTER TABLE strong.key DISABLE TRIGGER written;
CREATE FUNCTION strong_api.key_ok(given text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT EXISTS (SELECT FROM strong.key WHERE hash = extensions.digest(given, 'sha256') AND (ends IS NULL OR ends > now())) $$;
CREATE FUNCTION strong_api.sign_in(email text, secret text) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET statement_timeout = '2s' AS
$$ BEGIN RETURN (SELECT a.id FROM strong.account a WHERE lower(a.email) = lower(sign_in.email) AND a.secret_hash = extensions.crypt(secret, a.secret_hash)); END $$;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA strong_api FROM PUBLIC;
GRANT USAGE ON SCHEMA strong_api TO authenticated;
GRANT EXECUTE ON FUNCTION strong_api.key_ok(text) TO authenticated;
ALTER TABLE strong.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE strong.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE strong.key ENABLE ROW LEVEL SECURITY;
CREATE RULE nothing_changes AS ON UPDATE TO strong.audit DO INSTEAD NOTHING;
CREATE VIEW strong_api.me WITH (security_invoker = on, security_barrier = on) AS SELECT id, email FROM strong.account WHERE id = auth.uid() WITH LOCAL CHECK OPTION;
COMMENT ON FUNCTION strong_api.sign_in IS 'one try each';
-- changes
ALTER TABLE strong.account ADD COLUMN last_seen timestamptz;
GRANT UPDATE (last_seen) ON strong.account TO service_role;
CREATE TABLE strong.device (id uuid PRIMARY KEY, account uuid NOT NULL REFERENCES strong.account ON DELETE CASCADE, name text);
ALTER TABLE strong.device ENABLE ROW LEVEL SECURITY;
CREATE INDEX key_account ON strong.key (account);
CREATE FUNCTION strong_api.devices() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$ SELECT count(*) FROM strong.device $$;

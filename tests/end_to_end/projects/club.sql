-- Many tenants: an auth hook, members with roles, policies by functions that look the member up.
CREATE SCHEMA club;
CREATE TYPE club.role AS ENUM ('owner', 'coach', 'player');
CREATE TABLE club.team (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL CHECK (length(name) BETWEEN 2 AND 80),
    slug text NOT NULL UNIQUE, founded date, made_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE club.person (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, shown_name text, picture text,
    settings jsonb NOT NULL DEFAULT '{}');
CREATE TABLE club.member (team uuid REFERENCES club.team ON DELETE CASCADE, person uuid REFERENCES club.person ON DELETE CASCADE,
    role club.role NOT NULL DEFAULT 'player', joined timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (team, person));
CREATE INDEX member_person ON club.member (person);
CREATE UNIQUE INDEX one_owner ON club.member (team) WHERE role = 'owner';
CREATE TABLE club.invitation (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team uuid NOT NULL REFERENCES club.team ON DELETE CASCADE,
    email text NOT NULL, role club.role NOT NULL, token text UNIQUE DEFAULT encode(extensions.gen_random_bytes(16), 'hex'),
    expires timestamptz NOT NULL DEFAULT now() + interval '7 days', UNIQUE (team, email));
CREATE FUNCTION club.is_in(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT EXISTS (SELECT FROM club.member WHERE team = wanted AND person = (SELECT auth.uid())) $$;
CREATE FUNCTION club.has_role(wanted uuid, roles club.role[]) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
    AS $$ SELECT EXISTS (SELECT FROM club.member WHERE team = wanted AND person = (SELECT auth.uid()) AND role = ANY (roles)) $$;
CREATE FUNCTION club.greet() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
    AS $$ BEGIN INSERT INTO club.person (id, shown_name) VALUES (new.id, new.raw_user_meta_data ->> 'name'); RETURN new; END $$;
CREATE TRIGGER club_greets AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION club.greet();
CREATE FUNCTION club.token_hook(event jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE claims jsonb := event -> 'claims';
BEGIN
    claims := jsonb_set(claims, '{teams}', coalesce((SELECT jsonb_object_agg(team, role) FROM club.member
        WHERE person = (event ->> 'user_id')::uuid), '{}'));
    RETURN jsonb_set(event, '{claims}', claims);
END $$;
REVOKE EXECUTE ON FUNCTION club.token_hook FROM PUBLIC, anon, authenticated;
GRANT USAGE ON SCHEMA club TO supabase_auth_admin, authenticated;
GRANT EXECUTE ON FUNCTION club.token_hook TO supabase_auth_admin;
GRANT SELECT ON club.member TO supabase_auth_admin;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA club TO authenticated;
ALTER TABLE club.team ENABLE ROW LEVEL SECURITY;
ALTER TABLE club.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE club.member ENABLE ROW LEVEL SECURITY;
ALTER TABLE club.invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON club.team FOR SELECT TO authenticated USING (club.is_in(id));
CREATE POLICY led ON club.team FOR UPDATE TO authenticated USING (club.has_role(id, ARRAY['owner']::club.role[]));
CREATE POLICY self ON club.person TO authenticated USING (id = (SELECT auth.uid())) WITH CHECK (id = (SELECT auth.uid()));
CREATE POLICY mates ON club.member FOR SELECT TO authenticated USING (club.is_in(team));
CREATE POLICY hook ON club.member FOR SELECT TO supabase_auth_admin USING (true);
CREATE POLICY invited ON club.invitation FOR SELECT TO authenticated USING (email = (SELECT auth.jwt()) ->> 'email');
CREATE VIEW club.roster WITH (security_invoker = true) AS
    SELECT t.name AS team, p.shown_name, m.role FROM club.member m JOIN club.team t ON t.id = m.team JOIN club.person p ON p.id = m.person;
-- changes
ALTER TYPE club.role ADD VALUE 'guest';
ALTER TABLE club.team ADD COLUMN colours text[] NOT NULL DEFAULT '{}';
CREATE TABLE club.fixture (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, home uuid NOT NULL REFERENCES club.team,
    away uuid NOT NULL REFERENCES club.team, played timestamptz, CHECK (home <> away));
CREATE INDEX fixture_home ON club.fixture (home);
ALTER TABLE club.fixture ENABLE ROW LEVEL SECURITY;
CREATE POLICY ours ON club.fixture FOR SELECT TO authenticated USING (club.is_in(home) OR club.is_in(away));
ALTER TABLE club.person ADD CONSTRAINT named CHECK (shown_name <> '');

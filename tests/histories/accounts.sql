-- states 1-
CREATE SCHEMA private;
GRANT USAGE ON SCHEMA private TO authenticated;

-- state 1
CREATE TYPE public.member_role AS ENUM ('owner', 'member');

-- states 2-4
CREATE TYPE public.member_role AS ENUM ('owner', 'admin', 'member', 'guest');

-- states 5-
CREATE TYPE public.member_role AS ENUM ('owner', 'admin', 'member');

-- states 1-2
CREATE TABLE public.profiles (
    id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE,
    full_name text,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- states 3-
CREATE TABLE public.profiles (
    id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    display_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX profiles_display_name ON public.profiles (lower(display_name));

-- states 1-
COMMENT ON TABLE public.profiles IS 'one row a user';
CREATE TABLE public.organizations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> ''),
    slug text NOT NULL UNIQUE
);
CREATE TABLE public.memberships (
    organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
    profile_id uuid NOT NULL REFERENCES public.profiles ON DELETE CASCADE,
    role public.member_role NOT NULL DEFAULT 'member',
    PRIMARY KEY (organization_id, profile_id)
);
CREATE INDEX memberships_profile ON public.memberships (profile_id) WHERE role <> 'owner';
ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.memberships ENABLE ROW LEVEL SECURITY;

-- states 1-3
CREATE FUNCTION private.is_member(organization uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT EXISTS (
        SELECT FROM public.memberships AS m WHERE m.organization_id = organization AND m.profile_id = auth.uid()
    )
$$;
REVOKE EXECUTE ON FUNCTION private.is_member(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION private.is_member(uuid) TO authenticated;
CREATE POLICY seen_by_members ON public.organizations FOR SELECT TO authenticated
    USING ((SELECT private.is_member(id)));
CREATE POLICY seen_by_members ON public.memberships FOR SELECT TO authenticated
    USING (private.is_member(organization_id) OR profile_id = (SELECT auth.uid()));

-- states 4-
CREATE FUNCTION private.has_role(organization uuid, VARIADIC roles public.member_role[] DEFAULT '{}')
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT EXISTS (
        SELECT FROM public.memberships AS m
        WHERE m.organization_id = organization AND m.profile_id = auth.uid()
          AND (cardinality(roles) = 0 OR m.role = ANY (roles))
    )
$$;
REVOKE EXECUTE ON FUNCTION private.has_role(uuid, public.member_role[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION private.has_role(uuid, public.member_role[]) TO authenticated;
CREATE POLICY seen_by_members ON public.organizations FOR SELECT TO authenticated
    USING ((SELECT private.has_role(id)));
CREATE POLICY changed_by_admins ON public.organizations FOR UPDATE TO authenticated
    USING (private.has_role(id, 'owner', 'admin')) WITH CHECK (private.has_role(id, 'owner', 'admin'));
CREATE POLICY seen_by_members ON public.memberships FOR SELECT TO authenticated
    USING (private.has_role(organization_id) OR profile_id = (SELECT auth.uid()));

-- states 1-
CREATE POLICY own ON public.profiles TO authenticated
    USING (id = (SELECT auth.uid())) WITH CHECK (id = (SELECT auth.uid()));

-- states 1-2
CREATE FUNCTION public.on_sign_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO public.profiles (id, full_name) VALUES (new.id, new.raw_user_meta_data ->> 'full_name');
    RETURN new;
END
$$;

-- states 3-
CREATE FUNCTION public.on_sign_up() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO public.profiles (id, first_name, last_name)
    VALUES (new.id, new.raw_user_meta_data ->> 'first_name', new.raw_user_meta_data ->> 'last_name');
    RETURN new;
END
$$;

-- states 1-
REVOKE ALL ON FUNCTION public.on_sign_up() FROM PUBLIC, anon, authenticated;
CREATE TRIGGER on_sign_up AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.on_sign_up();

-- state 5
CREATE TABLE public.invitations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES public.organizations ON DELETE CASCADE,
    email text NOT NULL,
    role public.member_role NOT NULL DEFAULT 'member',
    UNIQUE NULLS NOT DISTINCT (organization_id, email)
);
ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen_by_admins ON public.invitations TO authenticated
    USING (private.has_role(organization_id, 'owner', 'admin'));

-- rows
INSERT INTO public.organizations (id, name, slug) VALUES ('00000000-0000-0000-0000-000000000001', 'One', 'one');

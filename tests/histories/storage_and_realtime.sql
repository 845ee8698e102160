-- states 1-3
CREATE TABLE public.rooms (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL, topic text);

-- states 4-
CREATE TABLE public.rooms (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name varchar(80) NOT NULL, topic text);

-- states 1-
CREATE TABLE public.room_users (
    room_id uuid NOT NULL REFERENCES public.rooms ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    PRIMARY KEY (room_id, user_id)
);
CREATE TABLE public.posts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room_id uuid NOT NULL REFERENCES public.rooms,
    body text NOT NULL,
    secret text
);
ALTER TABLE public.posts ENABLE ROW LEVEL SECURITY;
ALTER PUBLICATION supabase_realtime ADD TABLE public.rooms;

-- state 1
CREATE POLICY avatars ON storage.objects FOR INSERT TO authenticated
    WITH CHECK (bucket_id = 'avatars' AND (storage.foldername(name))[1] = (SELECT auth.uid())::text);
CREATE POLICY anybody ON storage.objects FOR SELECT USING (bucket_id = 'avatars');

-- states 2-
CREATE POLICY avatars ON storage.objects FOR INSERT TO authenticated
    WITH CHECK (
        bucket_id = ANY (ARRAY['avatars', 'covers']) AND (storage.foldername(name))[1] = (SELECT auth.uid())::text
        AND storage.extension(name) = 'png'
    );
CREATE POLICY avatars_replace ON storage.objects FOR UPDATE TO authenticated
    USING (owner = (SELECT auth.uid())) WITH CHECK (bucket_id = 'avatars');

-- states 2-3
CREATE POLICY anybody ON storage.objects FOR SELECT TO anon, authenticated USING (bucket_id IN ('avatars', 'covers'));

-- states 2
ALTER PUBLICATION supabase_realtime ADD TABLE public.posts;

-- states 3-
ALTER PUBLICATION supabase_realtime ADD TABLE public.posts (id, room_id, body) WHERE (body <> '');
ALTER TABLE public.rooms REPLICA IDENTITY FULL;
CREATE FUNCTION public.in_room(topic text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
RETURN EXISTS (
    SELECT FROM public.room_users AS u JOIN public.rooms AS r ON r.id = u.room_id
    WHERE u.user_id = (SELECT auth.uid()) AND r.topic = in_room.topic
);
CREATE POLICY listen ON realtime.messages FOR SELECT TO authenticated USING (public.in_room(realtime.topic()));
CREATE POLICY speak ON realtime.messages FOR INSERT TO authenticated
    WITH CHECK (extension = 'broadcast' AND public.in_room(realtime.topic()));

-- states 4-
CREATE VIEW public.readable_posts WITH (security_invoker = on, security_barrier = true) AS
    SELECT p.id, p.room_id, p.body, r.name AS room FROM public.posts AS p JOIN public.rooms AS r ON r.id = p.room_id;
CREATE FUNCTION public.announce() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    PERFORM realtime.broadcast_changes('room:' || new.room_id, tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
    RETURN NULL;
END
$$;
CREATE TRIGGER announced AFTER INSERT OR UPDATE ON public.posts FOR EACH ROW EXECUTE FUNCTION public.announce();

-- states 1-
CREATE POLICY readers ON public.posts FOR SELECT TO authenticated
    USING (EXISTS (SELECT FROM public.room_users AS u WHERE u.room_id = posts.room_id AND u.user_id = auth.uid()));

-- rows
INSERT INTO public.rooms (id, name, topic) VALUES ('00000000-0000-0000-0000-000000000001', 'Hall', 'hall');
INSERT INTO public.posts (room_id, body) VALUES ('00000000-0000-0000-0000-000000000001', 'hello');

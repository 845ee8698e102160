-- Files: buckets by folder, policies on storage, a table that follows what lies there.
CREATE SCHEMA album;
CREATE TABLE album.owner (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, quota bigint NOT NULL DEFAULT 1000000);
CREATE TABLE album.book (id uuid PRIMARY KEY DEFAULT extensions.uuid_generate_v4(), owner uuid NOT NULL REFERENCES album.owner,
    title varchar(120) NOT NULL, open boolean NOT NULL DEFAULT false);
CREATE TABLE album.picture (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), book uuid NOT NULL REFERENCES album.book ON DELETE CASCADE,
    object uuid REFERENCES storage.objects ON DELETE SET NULL, taken timestamptz, width integer, height integer,
    pixels bigint GENERATED ALWAYS AS (width::bigint * height) STORED, labels text[]);
CREATE TABLE album.share (book uuid REFERENCES album.book ON DELETE CASCADE, with_whom uuid REFERENCES auth.users ON DELETE CASCADE,
    may_add boolean NOT NULL DEFAULT false, PRIMARY KEY (book, with_whom));
CREATE INDEX picture_of ON album.picture (book, taken DESC NULLS LAST);
CREATE INDEX picture_labels ON album.picture USING gin (labels);
CREATE FUNCTION album.may_see(wanted uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS
$$ SELECT EXISTS (SELECT FROM album.book b WHERE b.id = wanted AND (b.open OR b.owner = auth.uid()
    OR EXISTS (SELECT FROM album.share s WHERE s.book = b.id AND s.with_whom = auth.uid()))) $$;
CREATE FUNCTION album.count_up() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS
$$ BEGIN UPDATE album.owner SET quota = quota - 1 WHERE id = (SELECT owner FROM album.book WHERE id = new.book); RETURN new; END $$;
CREATE TRIGGER counted AFTER INSERT ON album.picture FOR EACH ROW EXECUTE FUNCTION album.count_up();
ALTER TABLE album.book ENABLE ROW LEVEL SECURITY;
ALTER TABLE album.picture ENABLE ROW LEVEL SECURITY;
ALTER TABLE album.share ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON album.book FOR SELECT USING (album.may_see(id));
CREATE POLICY seen ON album.picture FOR SELECT USING (album.may_see(book));
CREATE POLICY own ON album.book TO authenticated USING (owner = auth.uid()) WITH CHECK (owner = auth.uid());
CREATE POLICY "album: read" ON storage.objects FOR SELECT TO authenticated
    USING (bucket_id = 'album' AND album.may_see(((storage.foldername(name))[1])::uuid));
CREATE POLICY "album: add" ON storage.objects FOR INSERT TO authenticated
    WITH CHECK (bucket_id = 'album' AND owner_id = (SELECT auth.uid())::text AND storage.extension(name) IN ('jpg', 'png'));
CREATE POLICY "album: buckets" ON storage.buckets FOR SELECT TO authenticated USING (id = 'album');
CREATE VIEW album.size AS SELECT book, count(*) AS pictures, sum(pixels) AS pixels FROM album.picture GROUP BY book;
COMMENT ON TABLE album.picture IS 'one file each';
COMMENT ON COLUMN album.picture.labels IS 'as the camera''s model says';
-- changes
CREATE POLICY "album: remove" ON storage.objects FOR DELETE TO authenticated USING (bucket_id = 'album' AND owner_id = auth.uid()::text);
ALTER TABLE album.picture ADD COLUMN caption text;
ALTER TABLE album.book ALTER COLUMN title TYPE varchar(200);
CREATE INDEX share_with ON album.share (with_whom);
CREATE VIEW album.newest AS SELECT id, book, caption FROM album.picture WHERE taken > now() - interval '7 days';

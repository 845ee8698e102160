-- Search by meaning: chunks, vectors with hnsw, functions that match.
CREATE SCHEMA notes;
CREATE TABLE notes.document (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner uuid NOT NULL DEFAULT auth.uid() REFERENCES auth.users,
    title text NOT NULL, body text, changed timestamptz NOT NULL DEFAULT now());
CREATE TABLE notes.chunk (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, document bigint NOT NULL REFERENCES notes.document ON DELETE CASCADE,
    place integer NOT NULL, body text NOT NULL, meaning extensions.vector(384), UNIQUE (document, place) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE notes.question (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), asked text, meaning extensions.vector(384) NOT NULL, at timestamptz DEFAULT now());
CREATE TABLE notes.tag (id serial PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE, parent integer REFERENCES notes.tag);
CREATE TABLE notes.tagged (document bigint REFERENCES notes.document ON DELETE CASCADE, tag integer REFERENCES notes.tag, PRIMARY KEY (document, tag));
CREATE INDEX chunk_meaning ON notes.chunk USING hnsw (meaning extensions.vector_cosine_ops);
CREATE INDEX question_meaning ON notes.question USING hnsw (meaning extensions.vector_cosine_ops);
CREATE INDEX chunk_document ON notes.chunk (document) INCLUDE (place);
CREATE STATISTICS notes.chunks (dependencies, ndistinct) ON document, place FROM notes.chunk;
CREATE FUNCTION notes.nearest(asked extensions.vector, many integer DEFAULT 10) RETURNS TABLE (id bigint, body text, far double precision)
    LANGUAGE sql STABLE SET search_path = '' AS
$$ SELECT c.id, c.body, c.meaning OPERATOR(extensions.<->) asked FROM notes.chunk c ORDER BY 3 LIMIT many $$;
CREATE FUNCTION notes.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN new.changed := now(); RETURN new; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON notes.document FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION notes.touch();
CREATE FUNCTION notes.old_chunks() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN DELETE FROM notes.chunk WHERE document IN (SELECT id FROM gone); RETURN NULL; END $$;
CREATE TRIGGER cut AFTER UPDATE ON notes.document REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION notes.old_chunks();
ALTER TABLE notes.document ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes.chunk ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes.document TO authenticated USING (owner = (SELECT auth.uid()));
CREATE POLICY own ON notes.chunk FOR SELECT TO authenticated USING (EXISTS (SELECT FROM notes.document d WHERE d.id = document AND d.owner = (SELECT auth.uid())));
CREATE VIEW notes.outline AS WITH RECURSIVE t AS (SELECT id, name, 0 AS depth FROM notes.tag WHERE parent IS NULL
    UNION ALL SELECT c.id, c.name, t.depth + 1 FROM notes.tag c JOIN t ON t.id = c.parent) SELECT * FROM t;
GRANT EXECUTE ON FUNCTION notes.nearest TO authenticated;
-- changes
ALTER TABLE notes.document ADD COLUMN summary extensions.vector(384);
CREATE INDEX document_summary ON notes.document USING hnsw (summary extensions.vector_cosine_ops);
ALTER TABLE notes.chunk ALTER COLUMN place TYPE bigint;
CREATE TABLE notes.answer (question uuid PRIMARY KEY REFERENCES notes.question, said text NOT NULL, meaning extensions.vector(8));
ALTER TABLE notes.tag ADD CONSTRAINT not_own_parent CHECK (parent <> id);

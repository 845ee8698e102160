CREATE TABLE public.hidden (id bigserial PRIMARY KEY, other serial, note text);
CREATE TABLE public.identity_to_serial (id serial);
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO corpus_alice;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO corpus_alice;
CREATE TABLE public.seen (id bigserial PRIMARY KEY, note text);
REVOKE USAGE ON SEQUENCE public.seen_id_seq FROM corpus_alice;
GRANT SELECT ON public.identity_to_serial TO corpus_alice;

CREATE TABLE public.gets_serial (id int);
ALTER TABLE public.gets_serial OWNER TO corpus_alice;

CREATE TABLE public.moves (id serial);
ALTER TABLE public.moves OWNER TO corpus_alice;
CREATE SEQUENCE public.freed;
CREATE TABLE public.loses (id int DEFAULT nextval('public.freed'));
ALTER SEQUENCE public.freed OWNED BY public.loses.id;
ALTER TABLE public.loses OWNER TO corpus_alice;

CREATE SEQUENCE public.taken;
CREATE TABLE public.takes (id int);

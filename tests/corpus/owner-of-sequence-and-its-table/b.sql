CREATE TABLE public.gets_serial (id int, number serial);

CREATE TABLE public.moves (id serial);
ALTER TABLE public.moves OWNER TO corpus_bob;
CREATE SEQUENCE public.freed;
CREATE TABLE public.loses (id int DEFAULT nextval('public.freed'));
ALTER TABLE public.loses OWNER TO corpus_bob;

CREATE SEQUENCE public.taken;
CREATE TABLE public.takes (id int);
ALTER SEQUENCE public.taken OWNED BY public.takes.id;
ALTER TABLE public.takes OWNER TO corpus_bob;

CREATE TABLE public.comes (id int, plain bigserial);
CREATE SEQUENCE public.linked OWNED BY public.comes.id;
ALTER TABLE public.comes OWNER TO corpus_alice;

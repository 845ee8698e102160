CREATE TABLE public.stays (id int, note text, extra text);
GRANT SELECT (id), UPDATE (note) ON public.stays TO corpus_alice;
GRANT SELECT (id) ON public.stays TO corpus_bob;

CREATE TABLE public.loses_option (id int, note text);
GRANT SELECT ON public.loses_option TO corpus_alice;
GRANT SELECT (id) ON public.loses_option TO corpus_alice WITH GRANT OPTION;

CREATE TABLE public.gets_columns (id int, note text);
GRANT SELECT (id), SELECT (note) ON public.gets_columns TO corpus_alice;

CREATE TABLE public.changes (id int, note text);
GRANT INSERT ON public.changes TO corpus_alice;
GRANT SELECT (id), UPDATE (id) ON public.changes TO corpus_alice;

CREATE VIEW public.seen AS SELECT id, note FROM public.stays;
GRANT SELECT (id) ON public.seen TO corpus_alice;

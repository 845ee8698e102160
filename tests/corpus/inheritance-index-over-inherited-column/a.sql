CREATE TABLE public.parent (id int, note text);
CREATE TABLE public.child (extra int) INHERITS (public.parent);
CREATE INDEX child_extra ON public.child (extra) WHERE id IS NOT NULL;
CREATE INDEX child_note ON public.child (note);
ALTER TABLE public.child ADD CONSTRAINT child_key UNIQUE (id, extra);
CREATE STATISTICS public.child_both ON id, extra FROM public.child;
CREATE VIEW public.seen AS SELECT id, extra FROM public.child;

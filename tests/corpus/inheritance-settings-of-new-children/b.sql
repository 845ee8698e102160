CREATE TABLE public.parent (id int, note text, more text);
CREATE TABLE public.child (extra int) INHERITS (public.parent);
ALTER TABLE public.parent ALTER COLUMN note SET STATISTICS 16;
ALTER TABLE public.parent ALTER COLUMN id SET (n_distinct = 5);
ALTER TABLE public.parent ALTER COLUMN more SET STORAGE EXTERNAL;
ALTER TABLE public.child ALTER COLUMN id SET (n_distinct = 9);
ALTER TABLE public.child ALTER COLUMN more SET STATISTICS 30;

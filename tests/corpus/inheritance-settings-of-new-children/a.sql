CREATE TABLE public.parent (id int, note text, more text);
ALTER TABLE public.parent ALTER COLUMN note SET STATISTICS 16;
ALTER TABLE public.parent ALTER COLUMN id SET (n_distinct = 5);
ALTER TABLE public.parent ALTER COLUMN more SET STORAGE EXTERNAL;

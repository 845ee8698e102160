CREATE TABLE public.parent (id int, note text, one text GENERATED ALWAYS AS (note) STORED);
ALTER TABLE public.parent ALTER COLUMN one SET STATISTICS 104;
CREATE TABLE public.child (more int) INHERITS (public.parent);
CREATE TABLE public.whole (id int, one int, three inet, CONSTRAINT filled CHECK (three IS NOT NULL))
PARTITION BY LIST (id);
CREATE TABLE public.part PARTITION OF public.whole FOR VALUES IN (1);

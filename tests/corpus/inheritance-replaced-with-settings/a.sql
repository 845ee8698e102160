CREATE TABLE public.parent (id int, note text, one inet DEFAULT '10.0.0.5');
CREATE TABLE public.child (more int) INHERITS (public.parent);
CREATE TABLE public.whole (id int, one int, two inet, CONSTRAINT filled CHECK (one IS NOT NULL) NOT VALID)
PARTITION BY LIST (id);
CREATE TABLE public.part PARTITION OF public.whole FOR VALUES IN (1);

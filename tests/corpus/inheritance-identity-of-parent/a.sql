CREATE TABLE public.parent (id smallint DEFAULT 4 NOT NULL, number int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE public.child (more int) INHERITS (public.parent);

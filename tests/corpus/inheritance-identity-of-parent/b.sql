CREATE TABLE public.parent (id int GENERATED ALWAYS AS IDENTITY, number int NOT NULL);
CREATE TABLE public.child (more int) INHERITS (public.parent);

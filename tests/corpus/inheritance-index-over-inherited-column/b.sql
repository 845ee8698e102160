CREATE TABLE public.other (id int, note text);

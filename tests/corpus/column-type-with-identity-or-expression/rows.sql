INSERT INTO public.was_identity (note) VALUES ('a'), ('b');
INSERT INTO public.was_optional (note) VALUES ('a'), ('b');
INSERT INTO public.was_generated (id) VALUES (1), (2);
INSERT INTO public.becomes_identity (id) VALUES (1), (2);
INSERT INTO public.child VALUES (1, 2);

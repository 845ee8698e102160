INSERT INTO public.events VALUES (1, 'glad', '[1,5)'), (11, 'sad', NULL);
INSERT INTO public.parent VALUES (1, 'sad', '{sad,glad}');
INSERT INTO public.child VALUES (2, 'glad', NULL, 'sad');
INSERT INTO public.local VALUES (3, 'glad', '{}');

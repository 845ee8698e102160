INSERT INTO public.arrays VALUES (1, '{1,2}'), (2, '{}');
INSERT INTO public.rows VALUES (1, ROW(1, 2), ARRAY[ROW(3, NULL)::public.pair]);
INSERT INTO public.plain VALUES (1);
INSERT INTO public.texts VALUES (1, '{"a b","q\"uote"}');

CREATE TABLE public.was_identity (id text NOT NULL, note text);
CREATE TABLE public.was_optional (id numeric, note text);
CREATE TABLE public.was_generated (id int, twice text);
CREATE TABLE public.becomes_identity (id int, fresh text);
CREATE TABLE public.parent (id int);
ALTER TABLE public.parent ADD COLUMN added inet;
ALTER TABLE public.parent ALTER COLUMN added SET STATISTICS 66;
CREATE TABLE public.child (more int) INHERITS (public.parent);

CREATE DOMAIN public.percent AS integer CONSTRAINT bounds CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN public.share AS public.percent;
CREATE TYPE public.pair AS (low public.percent, high public.share);
CREATE TABLE public.arrays (id int PRIMARY KEY, many public.percent[] NOT NULL);
CREATE TABLE public.rows (id int PRIMARY KEY, one public.pair, several public.pair[]);
CREATE TABLE public.plain (id int PRIMARY KEY, part public.percent DEFAULT 5);

CREATE DOMAIN public.required AS text NOT NULL;
CREATE TABLE public.texts (id int PRIMARY KEY, many public.required[]);

CREATE DOMAIN public.later AS text CONSTRAINT filled CHECK (VALUE <> '');
CREATE TABLE public.made (id int PRIMARY KEY, many public.later[]);
CREATE DOMAIN public.earlier AS text CONSTRAINT filled CHECK (VALUE <> '');

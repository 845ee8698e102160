-- states 1
CREATE TYPE public.channel AS ENUM ('web', 'mail');

-- states 2-3
CREATE TYPE public.channel AS ENUM ('web', 'app', 'mail', 'fax');

-- states 4-
CREATE TYPE public.channel AS ENUM ('app', 'web', 'mail');

-- states 1
CREATE TABLE public.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    channel public.channel NOT NULL DEFAULT 'web',
    payload jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX events_at ON public.events (at);

-- states 2-
CREATE TABLE public.measurements (
    at timestamptz NOT NULL,
    sensor integer NOT NULL,
    channel public.channel NOT NULL DEFAULT 'web',
    value double precision,
    PRIMARY KEY (sensor, at)
) PARTITION BY RANGE (at);
CREATE TABLE public.measurements_2026_01 PARTITION OF public.measurements
    FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2026-02-01 00:00+00');
CREATE INDEX measurements_channel ON public.measurements (channel, at DESC);
ALTER TABLE public.measurements ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.measurements_2026_01 ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON public.measurements FOR SELECT TO authenticated USING (value IS NOT NULL);

-- states 2-4
CREATE TABLE public.measurements_rest PARTITION OF public.measurements DEFAULT;

-- states 3-
CREATE TABLE public.measurements_2026_02 PARTITION OF public.measurements
    FOR VALUES FROM ('2026-02-01 00:00+00') TO ('2026-03-01 00:00+00') PARTITION BY HASH (sensor);
CREATE TABLE public.measurements_2026_02_even PARTITION OF public.measurements_2026_02
    FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE public.measurements_2026_02_odd PARTITION OF public.measurements_2026_02
    FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE STATISTICS public.measurements_both (dependencies) ON sensor, channel FROM public.measurements;

-- states 5-
CREATE TABLE public.measurements_rest (
    at timestamptz NOT NULL,
    sensor integer NOT NULL,
    channel public.channel NOT NULL DEFAULT 'web',
    value double precision,
    PRIMARY KEY (sensor, at)
);
CREATE INDEX measurements_rest_channel_at_idx ON public.measurements_rest (channel, at DESC);

-- states 2
CREATE TABLE public.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    channel public.channel NOT NULL DEFAULT 'app',
    payload jsonb NOT NULL DEFAULT '{}',
    tags text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX events_at ON public.events (at DESC, channel);
CREATE INDEX events_tags ON public.events USING gin (tags);

-- states 3-
CREATE TABLE public.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    channel public.channel DEFAULT 'app',
    payload jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    tags varchar(40)[] NOT NULL DEFAULT '{}',
    kind text GENERATED ALWAYS AS (payload ->> 'kind') STORED
);
CREATE INDEX events_at ON public.events (at DESC, channel);
CREATE INDEX events_kind ON public.events (kind) WHERE kind IS NOT NULL;

-- states 3-
CREATE MATERIALIZED VIEW public.daily AS
    SELECT date_trunc('day', m.at, 'UTC') AS day, m.channel, avg(m.value) AS mean FROM public.measurements AS m
    GROUP BY 1, 2;
CREATE UNIQUE INDEX daily_key ON public.daily (day, channel);
GRANT SELECT ON public.daily TO anon;

-- rows
INSERT INTO public.events (at, channel) VALUES ('2026-01-05 12:00+00', 'web'), ('2026-03-05 12:00+00', 'mail');

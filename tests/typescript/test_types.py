"""Types for clients, from the files alone; where a compiler of TypeScript is at hand, it reads them, too."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cli.shell import Shell

DECLARED = """
CREATE TYPE public.shade AS ENUM ('dark', 'so "light"');
CREATE DOMAIN public.code AS text NOT NULL DEFAULT 'x';
CREATE TYPE public.spot AS (x int, shades public.shade[]);
CREATE TABLE public.lamp (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, label text, shade public.shade NOT NULL
    DEFAULT 'dark', code public.code, "odd name" uuid NOT NULL, span interval, spot public.spot, extra jsonb);
CREATE TABLE public.bulb (lamp bigint PRIMARY KEY REFERENCES public.lamp, watts int2[] NOT NULL);
CREATE TABLE public.visit (id serial PRIMARY KEY, lamp bigint NOT NULL REFERENCES public.lamp, who uuid
    REFERENCES auth.users);
CREATE VIEW public.visits WITH (security_invoker) AS SELECT id, id::text AS shown FROM public.visit;
CREATE VIEW public.counted AS SELECT count(*) AS n FROM public.visit;
CREATE FUNCTION public.plus(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a + b';
CREATE FUNCTION public.plus(a text) RETURNS text LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION public.first_letter(public.lamp) RETURNS text LANGUAGE sql STABLE AS 'SELECT left($1.label, 1)';
CREATE FUNCTION public.here() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()';
CREATE FUNCTION public.listed() RETURNS TABLE (id bigint, shade public.shade) LANGUAGE sql
    AS 'SELECT id, shade FROM public.lamp';
CREATE FUNCTION public.every_visit() RETURNS SETOF public.visit LANGUAGE sql AS 'SELECT * FROM public.visit';
CREATE FUNCTION public.on_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE SCHEMA inner_room;
CREATE TABLE inner_room.hidden (id int);
"""

EXPECTED = (
    'Row: { code: string extra: Json | null id: number label: string | null "odd name": string '
    'shade: Database["public"]["Enums"]["shade"] span: unknown '
    'spot: Database["public"]["CompositeTypes"]["spot"] | null first_letter: string | null }',
    'Insert: { code?: string extra?: Json | null id?: never label?: string | null "odd name": string '
    'shade?: Database["public"]["Enums"]["shade"] span?: unknown',
    'foreignKeyName: "bulb_lamp_fkey" columns: ["lamp"] isOneToOne: true referencedRelation: "lamp" '
    'referencedColumns: ["id"]',
    'foreignKeyName: "visit_lamp_fkey" columns: ["lamp"] isOneToOne: false',
    "bulb: { Row: { lamp: number watts: number[] }",
    "visits: { Row: { id: number | null shown: string | null } Insert: { id?: number | null shown?: never }",
    "counted: { Row: { n: number | null } Relationships: [] }",
    "plus: | { Args: { a: number; b?: number } Returns: number } | { Args: { a: string } Returns: string }",
    "here: { Args: never Returns: string }",
    'listed: { Args: never Returns: { id: number; shade: Database["public"]["Enums"]["shade"] }[] }',
    "every_visit: { Args: never Returns: { id: number lamp: number who: string | null }[] }",
    r'Enums: { shade: "dark" | "so \"light\"" }',
    'CompositeTypes: { spot: { shades: Database["public"]["Enums"]["shade"][] | null x: number | null } }',
    r'Enums: { shade: ["dark", "so \"light\""], }',
)


def test_types_are_written_from_files_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "desired_schema").mkdir()
    (tmp_path / "schemadiff.toml").write_text('profile = "supabase"\n')
    declared, types = tmp_path / "desired_schema/all.sql", tmp_path / "database.types.ts"
    declared.write_text(DECLARED)
    shell = Shell("")
    assert "is not up to date" in shell("types", "--check", "--out", types.name, code=2).output
    shell("types", "--out", types.name)
    text = types.read_text()
    flat = " ".join(text.split())
    assert [words for words in EXPECTED if words not in flat] == []
    assert "on_change" not in text and "hidden" not in text and "auth" not in text
    assert "is up to date" in shell("types", "--check", "--out", types.name).output
    if compiler := shutil.which("tsc"):
        subprocess.run([compiler, "--noEmit", "--strict", types.name], check=True)

    declared.write_text(DECLARED.replace("watts int2[]", "watts int2"))
    assert "is not up to date" in shell("types", "--check", "--out", types.name, code=2).output
    assert types.read_text() == text
    assert "hidden: {" in shell("types", "--schema", "inner_room").stdout

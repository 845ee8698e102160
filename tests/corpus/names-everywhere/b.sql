CREATE SCHEMA "My ""Schema"". é"; CREATE SCHEMA "select"; CREATE SCHEMA "😀.b";
COMMENT ON SCHEMA "😀.b" IS '😀 ''quoted'' \ back $$';
CREATE TYPE "select"."Enum.é" AS ENUM ('a b', 'it''s', '"q"', '😀');
CREATE DOMAIN "select"."Do main" AS text CONSTRAINT "check" CHECK (VALUE <> 'x''y');
CREATE TYPE "select"."Com.posite" AS ("select" int, "a ""b""" text);
CREATE TYPE "select"."Ran ge" AS RANGE (subtype = int, multirange_type_name = "Multi.range");
CREATE FUNCTION "select"."Func.tion"("a b" int, "select" text DEFAULT 'x') RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION "select"."eq.x"(int, "select"."Com.posite") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE FUNCTION "select"."trig ger"() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
CREATE FUNCTION "select"."ev ent"() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE PROCEDURE "select"."call"("in" int) LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE "select"."Agg.x"(int) (SFUNC = int4pl, STYPE = int);
CREATE COLLATION "select"."Coll.x" FROM "C";
CREATE OPERATOR "select".=== (LEFTARG = int, RIGHTARG = "select"."Com.posite", FUNCTION = "select"."eq.x");
CREATE OPERATOR FAMILY "select"."Fam.x" USING btree; CREATE CAST ("select"."Com.posite" AS "select"."Enum.é") WITH INOUT;
CREATE CONVERSION "select"."Conv.x" FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
CREATE TEXT SEARCH DICTIONARY "select"."Dict.x" (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION "select"."Conf.x" (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION "select"."Conf.x" ADD MAPPING FOR word WITH "select"."Dict.x";
CREATE TABLE "select"."table" ("order" bigint NOT NULL, "Group by" text COLLATE "select"."Coll.x" DEFAULT 'it''s', "a.b" int, "😀" "select"."Enum.é",
    "quo""te" int GENERATED ALWAYS AS IDENTITY, "New ""Col""" "select"."Do main", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901" bigint,
    CONSTRAINT "pri mary" PRIMARY KEY ("order"), CONSTRAINT "check" CHECK ("a.b" > 0), CONSTRAINT "uni.que" UNIQUE ("a.b", "quo""te") WITH (fillfactor = 80),
    CONSTRAINT "ex.clude" EXCLUDE ("quo""te" WITH =));
ALTER TABLE "select"."table" ADD CONSTRAINT "self ""fk""" FOREIGN KEY ("a.b") REFERENCES "select"."table" NOT VALID;
CREATE TABLE "😀.b"."user" ("end" bigint PRIMARY KEY, "it's" varchar(9), "se.rial" serial, "de fault" int DEFAULT "select"."Func.tion"(1),
    "gen" int GENERATED ALWAYS AS ("select"."Func.tion"(1)) STORED, "fk" bigint REFERENCES "select"."table" ON DELETE CASCADE);
CREATE SEQUENCE "select"."from where" OWNED BY "select"."table"."a.b";
CREATE INDEX "in.dex ""x""" ON "select"."table" ("Group by" DESC, (upper("Group by"))) WITH (fillfactor = 70) WHERE "a.b" > 1;
ALTER INDEX "select"."in.dex ""x""" ALTER COLUMN 2 SET STATISTICS 9; ALTER TABLE "select"."table" CLUSTER ON "uni.que"; ALTER TABLE "select"."table" REPLICA IDENTITY USING INDEX "pri mary";
CREATE STATISTICS "select"."Stat.x" ON "order", "a.b" FROM "select"."table";
CREATE VIEW "select"."view" AS SELECT "order" AS "the order", "😀" FROM "select"."table"; CREATE MATERIALIZED VIEW "😀.b"."Mat.x" AS SELECT "the order" FROM "select"."view"; CREATE INDEX "mat.index" ON "😀.b"."Mat.x" ("the order");
ALTER VIEW "select"."view" ALTER "😀" SET DEFAULT 'a b';
CREATE TRIGGER "tr.ig" BEFORE UPDATE OF "a.b" ON "select"."table" FOR EACH ROW EXECUTE FUNCTION "select"."trig ger"('it''s'); CREATE EVENT TRIGGER "ev.ent" ON sql_drop EXECUTE FUNCTION "select"."ev ent"();
CREATE RULE "ru.le" AS ON DELETE TO "select"."view" DO INSTEAD NOTHING; CREATE POLICY "pol.icy" ON "select"."table" TO "corpus Carol" USING ("a.b" = 1); ALTER TABLE "select"."table" ENABLE ROW LEVEL SECURITY;
CREATE PUBLICATION "pub.x" FOR TABLE "select"."table"; CREATE FOREIGN DATA WRAPPER "f.dw" OPTIONS ("A.b" 'x''y'); CREATE SERVER "ser.ver" FOREIGN DATA WRAPPER "f.dw"; CREATE USER MAPPING FOR "corpus Carol" SERVER "ser.ver";
CREATE FOREIGN TABLE "select"."For.eign" ("co.l" int OPTIONS ("o.p" 'x') NOT NULL, CHECK ("co.l" > 0)) SERVER "ser.ver" OPTIONS ("t.o" 'y');
CREATE TABLE "select"."part" ("k.k" int NOT NULL, "v.v" text) PARTITION BY LIST ("k.k"); CREATE TABLE "😀.b"."part.1" PARTITION OF "select"."part" FOR VALUES IN (1); CREATE UNIQUE INDEX "part.index" ON "select"."part" ("k.k");
CREATE TABLE "select"."part.ent" ("p.p" int DEFAULT 4); CREATE TABLE "😀.b"."child.1" ("x.x" int) INHERITS ("select"."part.ent"); CREATE TABLE "select"."ty.ped" OF "select"."Com.posite";
COMMENT ON TABLE "select"."table" IS 'a'; COMMENT ON COLUMN "select"."table"."a.b" IS 'b'; COMMENT ON CONSTRAINT "check" ON "select"."table" IS 'c'; COMMENT ON INDEX "select"."in.dex ""x""" IS 'd'; COMMENT ON INDEX "select"."pri mary" IS 'e';
COMMENT ON TRIGGER "tr.ig" ON "select"."table" IS 'f'; COMMENT ON POLICY "pol.icy" ON "select"."table" IS 'g'; COMMENT ON RULE "ru.le" ON "select"."view" IS 'h'; COMMENT ON FUNCTION "select"."Func.tion"(int, text) IS 'i';
COMMENT ON TYPE "select"."Com.posite" IS 'j'; COMMENT ON CONSTRAINT "check" ON DOMAIN "select"."Do main" IS 'k'; COMMENT ON OPERATOR "select".=== (int, "select"."Com.posite") IS 'l'; COMMENT ON CAST ("select"."Com.posite" AS "select"."Enum.é") IS 'm';
GRANT SELECT, UPDATE ("a.b") ON "select"."table" TO "corpus Carol"; GRANT USAGE ON SCHEMA "My ""Schema"". é" TO "corpus Carol"; GRANT EXECUTE ON FUNCTION "select"."Func.tion"(int, text) TO "corpus Carol"; GRANT USAGE ON SEQUENCE "select"."from where" TO "corpus Carol";
ALTER TABLE "😀.b"."user" OWNER TO "corpus Carol"; ALTER SCHEMA "My ""Schema"". é" OWNER TO "corpus Carol"; ALTER FUNCTION "select"."Func.tion"(int, text) OWNER TO "corpus Carol"; ALTER DEFAULT PRIVILEGES FOR ROLE "corpus Carol" IN SCHEMA "😀.b" GRANT SELECT ON TABLES TO "corpus Carol";

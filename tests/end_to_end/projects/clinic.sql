-- Old habits: serials, names with capitals, everything in one schema, overloads with defaults, triggers on triggers.
CREATE SCHEMA "Clinic";
CREATE TABLE "Clinic"."Doctor" ("Id" serial PRIMARY KEY, "Full Name" varchar(100) NOT NULL, "isActive" boolean DEFAULT true);
CREATE TABLE "Clinic"."Patient" ("Id" serial PRIMARY KEY, "doctorId" integer REFERENCES "Clinic"."Doctor" ("Id"), born date, "notes" text DEFAULT '',
    "createdAt" timestamp without time zone DEFAULT CURRENT_TIMESTAMP, "updatedAt" timestamp(3));
CREATE TABLE "Clinic"."Visit" ("Id" bigserial PRIMARY KEY, "patientId" integer NOT NULL, "order" smallint, cost money, ok bit(3), place point,
    CONSTRAINT "Visit of patient" FOREIGN KEY ("patientId") REFERENCES "Clinic"."Patient" ("Id") ON DELETE CASCADE NOT VALID);
CREATE TABLE "Clinic"."select" ("from" text PRIMARY KEY, "where" text[] DEFAULT ARRAY[]::text[], "user" name DEFAULT CURRENT_USER);
CREATE INDEX "Patient by doctor" ON "Clinic"."Patient" ("doctorId", born DESC);
CREATE INDEX "lower name" ON "Clinic"."Doctor" (lower("Full Name") varchar_pattern_ops);
CREATE FUNCTION "Clinic".tenant() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
CREATE VIEW "Clinic"."Mine" AS SELECT * FROM "Clinic"."Patient" WHERE "doctorId" = "Clinic".tenant();
CREATE FUNCTION "Clinic".tenant("who?" uuid DEFAULT NULL) RETURNS integer LANGUAGE sql STABLE AS 'SELECT 2';
CREATE FUNCTION "Clinic"."setUpdated"() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW."updatedAt" = now(); RETURN NEW; END; $f$;
CREATE TRIGGER "a set" BEFORE UPDATE ON "Clinic"."Patient" FOR EACH ROW EXECUTE FUNCTION "Clinic"."setUpdated"();
CREATE TRIGGER "b set" BEFORE UPDATE ON "Clinic"."Patient" FOR EACH ROW EXECUTE FUNCTION "Clinic"."setUpdated"('twice', '2');
CREATE VIEW "Clinic"."All ""visits""" AS SELECT v.*, p.born FROM "Clinic"."Visit" v LEFT JOIN "Clinic"."Patient" p ON p."Id" = v."patientId";
CREATE FUNCTION "Clinic"."Search"(q text, OUT n bigint, OUT best text) LANGUAGE plpgsql AS $$ BEGIN SELECT count(*), min("Full Name") INTO n, best
    FROM "Clinic"."Doctor" WHERE "Full Name" ILIKE '%' || q || '%'; END $$;
ALTER TABLE "Clinic"."Patient" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Only those of one's own, please" ON "Clinic"."Patient" USING ("doctorId" = "Clinic".tenant(NULL));
CREATE POLICY "Everybody; -- reads" ON "Clinic"."Patient" FOR SELECT TO anon, authenticated USING (true);
COMMENT ON COLUMN "Clinic"."Doctor"."Full Name" IS E'with title\nand ''quotes''';
ALTER TABLE "Clinic"."Visit" ALTER COLUMN cost SET STATISTICS 500, ALTER COLUMN place SET STORAGE PLAIN;
-- changes
ALTER TABLE "Clinic"."Doctor" ADD COLUMN "E-Mail" text;
CREATE UNIQUE INDEX "Doctor mail" ON "Clinic"."Doctor" ("E-Mail");
ALTER TABLE "Clinic"."Visit" ADD COLUMN "paid?" boolean NOT NULL DEFAULT false;
CREATE TABLE "Clinic"."Bill" ("Id" serial PRIMARY KEY, "visitId" bigint NOT NULL REFERENCES "Clinic"."Visit" ("Id"), sum money);
CREATE VIEW "Clinic"."Active" AS SELECT "Id", "E-Mail" FROM "Clinic"."Doctor" WHERE "isActive";

CREATE SCHEMA "My ""Schema"". é"; CREATE SCHEMA "select"; CREATE SCHEMA "😀.b";
CREATE TABLE "select"."table" ("order" int, "Group by" text, "a.b" int, "😀" text, "quo""te" int NOT NULL,
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz12345678901" int);
CREATE TABLE "😀.b"."user" ("end" int PRIMARY KEY, "it's" text);
CREATE SEQUENCE "select"."from where";

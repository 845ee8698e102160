INSERT INTO "select"."table" VALUES (1, 'x', 2, NULL, 3, 4); INSERT INTO "😀.b"."user" VALUES (5, 'y');

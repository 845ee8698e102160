INSERT INTO org (name) VALUES ('a'), ('b'); INSERT INTO person (org_id, boss) VALUES (1, 1), (2, 1); INSERT INTO badge VALUES (1, 1);

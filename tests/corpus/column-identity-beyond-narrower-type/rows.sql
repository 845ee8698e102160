INSERT INTO wide (word) VALUES ('a'), ('b'); INSERT INTO down (word) VALUES ('a'); INSERT INTO usual (word) VALUES ('a');

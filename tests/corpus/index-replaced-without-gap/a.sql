CREATE TABLE song (id int NOT NULL, title text, year int, length int, extra int);
ALTER TABLE song ADD CONSTRAINT song_pkey PRIMARY KEY (id);
CREATE INDEX by_title ON song (title);
COMMENT ON INDEX by_title IS 'stays';
CREATE INDEX by_year ON song (year, extra);
CREATE INDEX songs_by_a_name_of_which_the_first_fifty_two_letters_are_all_one ON song (year);
CREATE INDEX songs_by_a_name_of_which_the_first_fifty_two_letters_are_all_two ON song (length);
CREATE UNIQUE INDEX by_length ON song (length);
CREATE TABLE play (song int REFERENCES song, length int REFERENCES song (length));

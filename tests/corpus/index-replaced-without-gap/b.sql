CREATE TABLE song (id int NOT NULL, title text, year int, length int, mood text);
ALTER TABLE song ADD CONSTRAINT song_pkey PRIMARY KEY (id) INCLUDE (title);
CREATE INDEX by_title ON song (title, mood);
COMMENT ON INDEX by_title IS 'stays';
CREATE INDEX by_year ON song (year);
CREATE INDEX songs_by_a_name_of_which_the_first_fifty_two_letters_are_all_one ON song (length, year);
CREATE INDEX songs_by_a_name_of_which_the_first_fifty_two_letters_are_all_two ON song (year, length);
CREATE UNIQUE INDEX by_length ON song (length) INCLUDE (title);
CREATE TABLE play (song int REFERENCES song, length int REFERENCES song (length));

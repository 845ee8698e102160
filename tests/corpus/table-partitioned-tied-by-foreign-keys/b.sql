CREATE TABLE visit (member int, club int);

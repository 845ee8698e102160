CREATE TABLE club (id int PRIMARY KEY, head int) PARTITION BY LIST (id);
CREATE TABLE club_1 PARTITION OF club FOR VALUES IN (1);
CREATE TABLE member (id int PRIMARY KEY, club int REFERENCES club, friend int REFERENCES member) PARTITION BY LIST (id);
CREATE TABLE member_1 PARTITION OF member FOR VALUES IN (1);
ALTER TABLE club ADD FOREIGN KEY (head) REFERENCES member;
CREATE TABLE visit (member int REFERENCES member, club int);

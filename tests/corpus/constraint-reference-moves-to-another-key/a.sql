CREATE TABLE kept (id int PRIMARY KEY, code int UNIQUE, note text);
CREATE TABLE plain (code int REFERENCES kept (code), id int REFERENCES kept);
CREATE TABLE settings (code int REFERENCES kept (code) ON DELETE CASCADE, id int REFERENCES kept DEFERRABLE);

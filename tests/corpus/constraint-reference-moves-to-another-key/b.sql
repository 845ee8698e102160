CREATE TABLE kept (id int CONSTRAINT other_id UNIQUE, code int CONSTRAINT other_code UNIQUE, note text PRIMARY KEY);
CREATE TABLE plain (code int REFERENCES kept (code) DEFERRABLE INITIALLY DEFERRED, id int REFERENCES kept (id) DEFERRABLE);
CREATE TABLE settings (code int REFERENCES kept (code) ON DELETE CASCADE DEFERRABLE, id int REFERENCES kept (id));

CREATE TABLE t (a int, b text) WITH (fillfactor = 70, autovacuum_enabled = off, toast.autovacuum_enabled = off, toast.autovacuum_vacuum_threshold = 10);
CREATE TABLE u (b text); CREATE TABLE only_int (a int) WITH (autovacuum_vacuum_scale_factor = 0.05, user_catalog_table = true);
CREATE TABLE gone (b text) WITH (toast.autovacuum_enabled = off);

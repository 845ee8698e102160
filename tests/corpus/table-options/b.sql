CREATE TABLE t (a int, b text) WITH (fillfactor = 80, toast.autovacuum_vacuum_threshold = 20, parallel_workers = 3);
CREATE TABLE u (b text) WITH (toast.autovacuum_enabled = off, autovacuum_analyze_scale_factor = 1e-3); CREATE TABLE only_int (a int) WITH (autovacuum_vacuum_scale_factor = 0.1);
CREATE TABLE fresh (b text) WITH (toast.autovacuum_freeze_max_age = 100000, log_autovacuum_min_duration = -1, toast_tuple_target = 200);

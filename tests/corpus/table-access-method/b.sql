CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t1 (a int); CREATE TABLE t2 (a int) USING heap_too; CREATE TABLE t3 (a text) USING heap_too WITH (fillfactor = 80);

CREATE ACCESS METHOD heap_too TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE t1 (a int) USING heap_too; CREATE TABLE t2 (a int);

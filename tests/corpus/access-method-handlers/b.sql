CREATE FUNCTION other_handler(internal) RETURNS table_am_handler LANGUAGE internal AS 'heap_tableam_handler';
CREATE ACCESS METHOD am1 TYPE TABLE HANDLER other_handler;
CREATE ACCESS METHOD am2 TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD am3 TYPE TABLE HANDLER heap_tableam_handler;
COMMENT ON ACCESS METHOD am3 IS 'drei';

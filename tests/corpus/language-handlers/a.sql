CREATE LANGUAGE l1 HANDLER plpgsql_call_handler; CREATE TRUSTED LANGUAGE l2 HANDLER plpgsql_call_handler INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator;
CREATE FUNCTION f() RETURNS int LANGUAGE l2 AS 'BEGIN RETURN 1; END';

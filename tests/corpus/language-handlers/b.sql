CREATE FUNCTION call2() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE TRUSTED LANGUAGE l1 HANDLER call2 INLINE plpgsql_inline_handler VALIDATOR plpgsql_validator; CREATE LANGUAGE l2 HANDLER plpgsql_call_handler;
CREATE FUNCTION f() RETURNS int LANGUAGE l2 AS 'BEGIN RETURN 1; END';

CREATE FUNCTION eq(int, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE FUNCTION qe(text, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = text, FUNCTION = eq); CREATE OPERATOR <<>> (LEFTARG = int, RIGHTARG = text, FUNCTION = eq);
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = int, FUNCTION = qe);
CREATE OPERATOR FAMILY fam USING btree; CREATE OPERATOR CLASS cls FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int);
CREATE OPERATOR CLASS cls2 FOR TYPE int USING hash AS OPERATOR 1 =, FUNCTION 1 hashint4(int); CREATE OPERATOR CLASS cls3 FOR TYPE tsquery USING gist AS OPERATOR 7 @>, FUNCTION 1 gtsquery_consistent(internal, tsquery, smallint, oid, internal), FUNCTION 2 gtsquery_union(internal, internal), FUNCTION 3 gtsquery_compress(internal), FUNCTION 5 gtsquery_penalty(internal, internal, internal), FUNCTION 6 gtsquery_picksplit(internal, internal), FUNCTION 7 gtsquery_same(bigint, bigint, internal);
CREATE TABLE t (a int); CREATE INDEX i ON t (a cls);

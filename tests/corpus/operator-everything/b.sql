CREATE FUNCTION eq(int, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE FUNCTION qe(text, int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true'; CREATE FUNCTION eq2(int, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
CREATE OPERATOR === (LEFTARG = int, RIGHTARG = text, FUNCTION = eq2, COMMUTATOR = ===, NEGATOR = <<>>, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES); CREATE OPERATOR <<>> (LEFTARG = int, RIGHTARG = text, FUNCTION = eq, NEGATOR = ===);
CREATE OPERATOR === (LEFTARG = text, RIGHTARG = int, FUNCTION = qe, COMMUTATOR = ===);
CREATE OPERATOR FAMILY fam USING btree; CREATE OPERATOR CLASS cls FOR TYPE int USING btree FAMILY fam AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int), FUNCTION 2 btint4sortsupport(internal);
ALTER OPERATOR FAMILY fam USING btree ADD OPERATOR 1 < (int, bigint), FUNCTION 1 (int, bigint) btint48cmp(int, bigint);
CREATE OPERATOR FAMILY hfam USING hash; CREATE OPERATOR CLASS cls2 FOR TYPE bigint USING hash FAMILY hfam AS OPERATOR 1 =, FUNCTION 1 hashint8(bigint);
CREATE OPERATOR CLASS cls3 FOR TYPE tsquery USING gist AS OPERATOR 7 @>, FUNCTION 1 gtsquery_consistent(internal, tsquery, smallint, oid, internal), FUNCTION 2 gtsquery_union(internal, internal), FUNCTION 3 gtsquery_compress(internal), FUNCTION 5 gtsquery_penalty(internal, internal, internal), FUNCTION 6 gtsquery_picksplit(internal, internal), FUNCTION 7 gtsquery_same(bigint, bigint, internal), STORAGE bigint;
CREATE TABLE t (a int); CREATE INDEX i ON t (a cls);

-- The types, operators and access methods of pgvector as far as declarations need them. Values are kept as text, and an
-- index looks at none of them.

CREATE TYPE vector;
CREATE FUNCTION vector_in(cstring) RETURNS vector LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION vector_out(vector) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE FUNCTION vector_typmod_in(cstring[]) RETURNS integer
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'varchartypmodin';
CREATE FUNCTION vector_typmod_out(integer) RETURNS cstring
LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'varchartypmodout';
CREATE TYPE vector (
    INPUT = vector_in,
    OUTPUT = vector_out,
    TYPMOD_IN = vector_typmod_in,
    TYPMOD_OUT = vector_typmod_out,
    STORAGE = external
);
CREATE CAST (text AS vector) WITH INOUT;
CREATE CAST (real[] AS vector) WITH INOUT AS ASSIGNMENT;

CREATE FUNCTION l2_distance(vector, vector) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT 0::double precision';
CREATE FUNCTION inner_product(vector, vector) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT 0::double precision';
CREATE FUNCTION vector_negative_inner_product(vector, vector) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT 0::double precision';
CREATE FUNCTION cosine_distance(vector, vector) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT 0::double precision';
CREATE FUNCTION l1_distance(vector, vector) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT 0::double precision';
CREATE FUNCTION vector_dims(vector) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT 0';

CREATE OPERATOR <-> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = l2_distance, COMMUTATOR = <->);
CREATE OPERATOR <#> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_negative_inner_product, COMMUTATOR = <#>);
CREATE OPERATOR <=> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = cosine_distance, COMMUTATOR = <=>);
CREATE OPERATOR <+> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = l1_distance, COMMUTATOR = <+>);

-- The other two types that hold vectors have the same functions and operators.
DO $types$
DECLARE
    name text;
    measure text;
BEGIN
    FOREACH name IN ARRAY ARRAY['halfvec', 'sparsevec'] LOOP
        EXECUTE format($type$
            CREATE TYPE %1$s;
            CREATE FUNCTION %1$s_in(cstring) RETURNS %1$s LANGUAGE internal IMMUTABLE STRICT AS 'textin';
            CREATE FUNCTION %1$s_out(%1$s) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
            CREATE FUNCTION %1$s_typmod_in(cstring[]) RETURNS integer
            LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
            CREATE FUNCTION %1$s_typmod_out(integer) RETURNS cstring
            LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
            CREATE TYPE %1$s (
                INPUT = %1$s_in, OUTPUT = %1$s_out, TYPMOD_IN = %1$s_typmod_in, TYPMOD_OUT = %1$s_typmod_out,
                STORAGE = external
            );
            CREATE CAST (vector AS %1$s) WITH INOUT AS ASSIGNMENT;
            CREATE CAST (%1$s AS vector) WITH INOUT AS IMPLICIT;
        $type$, name);
        FOREACH measure IN ARRAY ARRAY['l2_distance', 'inner_product', 'cosine_distance', 'l1_distance'] LOOP
            EXECUTE format($measure$
                CREATE FUNCTION %1$s(%2$s, %2$s) RETURNS double precision
                LANGUAGE sql IMMUTABLE STRICT AS 'SELECT 0::double precision'
            $measure$, measure, name);
        END LOOP;
        EXECUTE format($operators$
            CREATE OPERATOR <-> (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = l2_distance);
            CREATE OPERATOR <#> (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = inner_product);
            CREATE OPERATOR <=> (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = cosine_distance);
            CREATE OPERATOR <+> (LEFTARG = %1$s, RIGHTARG = %1$s, FUNCTION = l1_distance);
        $operators$, name);
    END LOOP;
END
$types$;

CREATE FUNCTION ivfflathandler(internal) RETURNS index_am_handler LANGUAGE internal AS 'brinhandler';
CREATE FUNCTION hnswhandler(internal) RETURNS index_am_handler LANGUAGE internal AS 'brinhandler';
CREATE ACCESS METHOD ivfflat TYPE INDEX HANDLER ivfflathandler;
CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER hnswhandler;
CREATE FUNCTION vector_support(internal) RETURNS internal LANGUAGE internal AS 'brin_minmax_opcinfo';
CREATE FUNCTION vector_support(internal, internal) RETURNS boolean LANGUAGE internal AS 'btequalimage';

DO $classes$
DECLARE
    method text;
    class text[];
BEGIN
    FOREACH method IN ARRAY ARRAY['ivfflat', 'hnsw'] LOOP
        FOREACH class SLICE 1 IN ARRAY ARRAY[
            ['vector_l2_ops', 'vector'], ['vector_ip_ops', 'vector'], ['vector_cosine_ops', 'vector'],
            ['vector_l1_ops', 'vector'],
            ['halfvec_l2_ops', 'halfvec'], ['halfvec_ip_ops', 'halfvec'], ['halfvec_cosine_ops', 'halfvec'],
            ['halfvec_l1_ops', 'halfvec'],
            ['sparsevec_l2_ops', 'sparsevec'], ['sparsevec_ip_ops', 'sparsevec'],
            ['sparsevec_cosine_ops', 'sparsevec'], ['sparsevec_l1_ops', 'sparsevec'],
            ['bit_hamming_ops', 'bit'], ['bit_jaccard_ops', 'bit']
        ] LOOP
            CONTINUE WHEN method = 'ivfflat' AND (class[1] ~ '_l1_|jaccard' OR class[2] = 'sparsevec');
            EXECUTE format(
                $class$
                CREATE OPERATOR CLASS %s %s FOR TYPE %s USING %s AS FUNCTION 1 vector_support(internal),
                    FUNCTION 2 vector_support(internal, internal), FUNCTION 3 vector_support(internal, internal),
                    FUNCTION 4 vector_support(internal, internal)
                $class$,
                class[1], CASE WHEN method = 'ivfflat' AND class[1] = 'vector_l2_ops' THEN 'DEFAULT' END, class[2],
                method
            );
        END LOOP;
    END LOOP;
END
$classes$;

-- The functions of pgcrypto, for servers that come without it. Hashes that the server has itself are computed, the
-- rest says at run time that it is not there.

CREATE FUNCTION digest(bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CASE lower($2)
        WHEN 'md5' THEN decode(md5($1), 'hex')
        WHEN 'sha224' THEN sha224($1)
        WHEN 'sha256' THEN sha256($1)
        WHEN 'sha384' THEN sha384($1)
        WHEN 'sha512' THEN sha512($1)
    END;
END
$$;
CREATE FUNCTION digest(text, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CASE lower($2)
        WHEN 'md5' THEN decode(md5($1), 'hex')
        WHEN 'sha224' THEN sha224(convert_to($1, 'UTF8'))
        WHEN 'sha256' THEN sha256(convert_to($1, 'UTF8'))
        WHEN 'sha384' THEN sha384(convert_to($1, 'UTF8'))
        WHEN 'sha512' THEN sha512(convert_to($1, 'UTF8'))
    END;
END
$$;
CREATE FUNCTION gen_random_bytes(integer) RETURNS bytea
LANGUAGE sql VOLATILE STRICT PARALLEL SAFE AS $$
    SELECT substr(string_agg(uuid_send(gen_random_uuid()), ''), 1, $1) FROM generate_series(0, $1 / 16)
$$;
CREATE FUNCTION gen_random_uuid() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT pg_catalog.gen_random_uuid()';
CREATE FUNCTION hmac(text, text, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION hmac(bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION crypt(text, text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION gen_salt(text) RETURNS text
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION gen_salt(text, integer) RETURNS text
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION encrypt(bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION decrypt(bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION encrypt_iv(bytea, bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION decrypt_iv(bytea, bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_encrypt(text, text) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_encrypt(text, text, text) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_encrypt_bytea(bytea, text) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_encrypt_bytea(bytea, text, text) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_decrypt(bytea, text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_decrypt(bytea, text, text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_decrypt_bytea(bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_sym_decrypt_bytea(bytea, text, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_encrypt(text, bytea) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_encrypt(text, bytea, text) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_encrypt_bytea(bytea, bytea) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_encrypt_bytea(bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_decrypt(bytea, bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_decrypt(bytea, bytea, text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_decrypt(bytea, bytea, text, text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_decrypt_bytea(bytea, bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_decrypt_bytea(bytea, bytea, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_pub_decrypt_bytea(bytea, bytea, text, text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_key_id(bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION armor(bytea) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION armor(bytea, text[], text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION dearmor(text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;
CREATE FUNCTION pgp_armor_headers(text, OUT key text, OUT value text) RETURNS SETOF record
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RAISE 'pgcrypto is not on this server' USING ERRCODE = 'feature_not_supported';
END
$$;

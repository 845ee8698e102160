"""What views and policies read of relations that are not in scope: the platform's, an extension's."""


def foreign_reads_of(catalog: str, oid: str, but: str = "0") -> str:
    """The expression for the relations out of scope, and columns of such, on which an object of `catalog` depends.

    `but` is a relation that does not count.
    """
    return f"""
               ARRAY(SELECT DISTINCT format('%%I.%%I', fn.nspname, f.relname)
                                      || coalesce('.' || quote_ident(fa.attname), '')
                     FROM pg_catalog.pg_depend AS fd
                     JOIN pg_catalog.pg_class AS f ON f.oid = fd.refobjid AND f.relkind IN ('r', 'p', 'v', 'm', 'f')
                     JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.relnamespace
                     LEFT JOIN pg_catalog.pg_attribute AS fa ON fa.attrelid = f.oid AND fa.attnum = fd.refobjsubid
                       AND fa.attnum > 0
                     WHERE fd.classid = 'pg_catalog.{catalog}'::regclass AND fd.objid = {oid}
                       AND fd.refclassid = 'pg_catalog.pg_class'::regclass AND fd.refobjid <> {but}
                       AND fn.oid <> ALL(%(schemas)s) ORDER BY 1)"""

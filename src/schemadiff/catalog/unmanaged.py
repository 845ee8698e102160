"""What stands in scope and is of no known kind: named in every plan, never passed over."""

UNMANAGED = """
SELECT NULL::text, NULL::text WHERE false AND %(schemas)s::int8[] IS NULL
"""

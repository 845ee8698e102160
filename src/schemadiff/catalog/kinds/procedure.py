"""A procedure."""

from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.kinds.shared.routine import Routine, routine_query

# Without its mode an argument could be taken for an output argument of another procedure.
TYPES = """(SELECT string_agg('IN ' || format_type(a.type, NULL), ', ' ORDER BY a.place)
                FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, place))"""


@kind("procedure", catalog="pg_proc")
class Procedure(Routine):
    """A procedure of any language, called by its input arguments."""

    BODY_IS_TEXT = True
    PLACE = Place("pronamespace", rows="prokind = 'p'")
    RARE = "pg_proc WHERE oid >= 16384 AND prokind = 'p'"
    OWNED = True
    GRANTABLE = "f"
    QUERY = routine_query("'p'", TYPES)

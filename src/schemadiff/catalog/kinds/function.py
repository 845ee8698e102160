"""A function, window functions included."""

from schemadiff.catalog.declaring.fields import carries
from schemadiff.catalog.declaring.kind import kind
from schemadiff.catalog.declaring.place import Place
from schemadiff.catalog.declaring.words import Words
from schemadiff.catalog.kinds.shared.routine import Routine, routine_query


@kind("function", catalog="pg_proc")
class Function(Routine):
    """A function of any language; the constructors of a range type belong to the type."""

    window: bool = carries()

    WORDS = Words(plural="functions")
    BODY_IS_TEXT = True
    PLACE = Place("pronamespace", rows="prokind IN ('f', 'w')")
    OWNED = True
    GRANTABLE = "f"
    QUERY = routine_query("'f', 'w'", "oidvectortypes(p.proargtypes)", "p.prokind = 'w' AS window, ")

    def must_replace(self, before: "Function") -> bool:  # type: ignore[override]
        """A plain function cannot become a window function either."""
        return self.window != before.window or Routine.must_replace(self, before)

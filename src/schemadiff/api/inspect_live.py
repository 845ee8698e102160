"""Reading a database."""

from schemadiff.api.session.project_scope import scope_of
from schemadiff.catalog.catalog import Catalog
from schemadiff.catalog.reading import inspection
from schemadiff.config import Project
from schemadiff.connection import connect


def inspect(url: str, project: Project) -> Catalog:
    """The catalog of the database at `url` within the project's scope.

    Errors: ConnectionFailed, InspectionError.
    """
    with connect(url, purpose="schemadiff inspect") as connection:
        return inspection.inspect(connection, scope_of(connection, project))

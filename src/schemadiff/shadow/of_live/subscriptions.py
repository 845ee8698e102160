"""Subscriptions of shadow databases: CREATE DATABASE ... TEMPLATE copies none."""

import psycopg

from schemadiff.catalog.kinds.subscription import Subscription
from schemadiff.catalog.reading.inspection import inspect
from schemadiff.catalog.scope import Scope
from schemadiff.planning.planner import script
from schemadiff.scratch.deputy import Deputy
from schemadiff.scratch.server import ScratchServer
from schemadiff.shadow.of_live.copying import Copying


def copy_subscriptions(server: ScratchServer, deputy: Deputy, source: str, target: str, scope: Scope) -> None:
    """Give `target`, a clone of `source`, the subscriptions of that one. Raises ScratchError."""
    with psycopg.connect(server.superuser_url(source), autocommit=True) as connection:
        whole = inspect(connection, scope)
    identities = {built.id for built in whole}
    with_subscriptions = {
        built.id for built in whole if Subscription.KIND in (built.KIND, (built.within() or built.id).kind)
    }
    with Copying(server, deputy, target) as copying:
        copying.run(script(whole.restricted(identities - with_subscriptions), whole))

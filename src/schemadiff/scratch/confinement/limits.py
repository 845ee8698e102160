"""How much of the machine each process of a scratch server may take."""

import resource

from schemadiff.scratch.confinement.system_calls import machine

MEMORY = 4 * 2**30
"""Bytes of its own, of each process; what processes share is not counted."""

FILE = 2 * 2**30
"""Bytes of each file; Postgres divides tables at one gibibyte."""

PROCESSES = 500
"""Of an account that is the server's alone. Postgres itself keeps to max_connections."""

AVAILABLE = machine() is not None
"""Whether a process can be limited from outside. Root may not have the right to, but a thread that became its user."""


def limit(process: int, *, alone: bool) -> None:
    """Limit a process that has just begun, and all that it starts; with `alone`, nothing else runs as its user."""
    limits = {
        resource.RLIMIT_CORE: 0,
        # The address space would count shared memory in full, for each process again.
        resource.RLIMIT_DATA: MEMORY,
        resource.RLIMIT_FSIZE: FILE,
    }
    if alone:
        limits[resource.RLIMIT_NPROC] = PROCESSES
    for kind, most in limits.items():
        _, hard = resource.prlimit(process, kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.prlimit(process, kind, (allowed, allowed))

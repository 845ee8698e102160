"""What the caller of a run decides: what is allowed, and how long it may wait."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemadiff.catalog.statements.hazard import Hazard
from schemadiff.execution.approvals.approvers import RequiredApprovals


@dataclass(frozen=True, slots=True)
class LockBudget:
    """How long a run waits for locks, and how long it tries again.

    `timeout`, such as "3s", is for all locks of a transaction; None is the smaller of 500 ms and half of
    deadlock_timeout, so that others hardly notice. A transaction that did not get its locks is tried again until
    `max_wait` seconds have passed, or `retries` times if that is set. Delays between attempts double from `first_delay`
    to `longest_delay` seconds, with jitter.
    """

    timeout: str | None = None
    retries: int | None = None
    first_delay: float = 0.25
    longest_delay: float = 15.0
    max_wait: float = 600.0

    def allows(self, attempts: int, waited: float) -> bool:
        """Whether another attempt may follow so many, after `waited` seconds."""
        return waited < self.max_wait and (self.retries is None or attempts <= self.retries)

    def delay(self, attempt: int) -> float:
        """Seconds before the attempt after the `attempt`-th (counted from 1)."""
        longest = min(self.first_delay * 2.0 ** (attempt - 1), self.longest_delay)
        return longest * random.uniform(0.5, 1.0)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the caller of `apply` and `rollback` allows, and how long a run waits.

    `approve` is the digest that was reviewed (None: any), `allow` are the hazards to go ahead with, and
    `runner_wait` are the seconds to wait for another runner to end. `approvals` are the signatures that are required.
    `secrets` are what the placeholders of scripts stand for, by the environment variables that they name.
    """

    approve: str | None = None
    allow: frozenset[Hazard] = frozenset()
    proof_required: bool = True
    locks: LockBudget = field(default_factory=LockBudget)
    runner_wait: float = 10.0
    approvals: RequiredApprovals | None = None
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

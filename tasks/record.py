"""What becomes known of one conductor while it is backed up; failed until proven otherwise."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from nornir.core.inventory import Host

from outcome import Artefact, HostOutcome, Reason, Verdict
from settings import HostPolicy
from settings.policy import ArtefactKind
from tasks.check import ConductorState
from tasks.errors import Cancelled, reason
from tasks.names import VAULT_NAMES
from tasks.prove import Proven
from tasks.transfer import Received
from vault.store import Generation


class Record:
    """Gathers facts, times, warnings and failures, and turns them into one `HostOutcome`."""

    def __init__(self, host: Host, policy: HostPolicy, *, rehearsal: bool = False) -> None:
        """Begin the record of `host`; a `rehearsal` is good once the conductor has answered."""
        self._host = host
        self._policy = policy
        self._started = time.monotonic()
        self._state: ConductorState | None = None
        self._artefacts: list[Artefact] = []
        self._failure: Reason | None = None
        self._warnings: list[Reason] = []
        self._left_over: tuple[str, ...] = ()
        self._left_words = ""
        self._generation = ""
        self._quarantined: tuple[str, ...] = ()
        self._sent: tuple[str, ...] = ()
        self._steps: dict[str, float] = {}
        self._rehearsal = rehearsal

    def note_state(self, state: ConductorState) -> None:
        """Keep who answered."""
        self._state = state
        self._warnings += state.warnings

    @property
    def role(self) -> str:
        """The conductor's role, "" while it is not known."""
        return self._state.identity.role if self._state else ""

    def note_time(self, step: str, seconds: float) -> None:
        """Add the time of one step; the same step twice adds up."""
        self._steps[step] = self._steps.get(step, 0.0) + seconds

    def note_received(self, kind: ArtefactKind, received: Received) -> None:
        """Keep what arrived; it counts only once it is published."""
        self._artefacts.append(
            Artefact(kind, VAULT_NAMES[kind], received.size, received.sha256, received.seconds)
        )
        if received.left_behind:
            self.warn(reason("left-on-server", f"still on the server: {received.left_behind}"))

    def note_proven(self, proven: Proven) -> None:
        """Keep the SHA-256 of what nobody had read before its proof."""
        self._artefacts = [
            replace(each, sha256=proven.received.sha256) if each.kind == proven.kind else each
            for each in self._artefacts
        ]

    def note_unverified(self, names: Sequence[str]) -> None:
        """Keep that files were sent to a server at which nobody looks: never better than WARN."""
        self._sent = tuple(names)
        text = f"transferred, not verified: {', '.join(names)} on the server"
        self.warn(reason("unverified", text))

    def note_published(self, generation: Generation, proven: Sequence[Proven]) -> None:
        """Keep the evidence: from here on the backup is good."""
        if {item.kind for item in proven} != set(self._policy.artefacts):
            raise ValueError("a generation was published without all of its artefacts")
        self._generation = f"{generation.host}/{generation.run_id}"

    def note_quarantined(self, paths: Sequence[str]) -> None:
        """Keep where, below the vault, what arrived lies now that it does not become a backup."""
        self._quarantined = tuple(paths)

    def note_failure(self, why: Reason) -> None:
        """Keep the first failure; later ones are its consequences."""
        self._failure = self._failure or why

    def warn(self, why: Reason) -> None:
        """Keep something that is not right beside a good backup."""
        self._warnings.append(why)

    def note_left_over(self, names: Sequence[str], words: str) -> None:
        """Keep what could not be removed from the device; the last look counts."""
        self._left_over = tuple(names)
        self._left_words = words

    def note_awaited(self, names: Sequence[str]) -> None:
        """Keep what is not on the device now as far as anybody can see, but may be later."""
        text = f"may still come to the conductor's flash: {', '.join(names)}; the next run looks"
        self.warn(reason("left-over", text))

    def outcome(self) -> HostOutcome:
        """Return the verdict with all that is known; without a generation it is never good."""
        identity = self._state.identity if self._state else None
        return HostOutcome(
            host=self._host.name,
            verdict=self._verdict(),
            reasons=self._reasons(),
            site=self._policy.site,
            address=self._host.hostname or "",
            pair=self._policy.pair,
            name=(identity.hostname if identity else "") or "",
            role=(identity.role if identity else "") or "",
            version=(identity.version if identity else "") or "",
            model=(identity.model if identity else "") or "",
            serial=(identity.serial if identity else "") or "",
            mac=(identity.mac if identity else "") or "",
            artefacts=tuple(self._artefacts),
            generation=self._generation,
            quarantined=self._quarantined,
            seconds=time.monotonic() - self._started,
            steps=dict(self._steps),
            left_over=self._left_over,
        )

    def _reasons(self) -> tuple[Reason, ...]:
        failure = (self._failure,) if self._failure else ()
        return (*failure, *self._warnings, *self._about_left_over())

    def _about_left_over(self) -> tuple[Reason, ...]:
        if not self._left_over:
            return ()
        text = f"still on the conductor's flash: {', '.join(self._left_over)}"
        words = f" ({self._left_words})" if self._left_words else ""
        return (reason("left-over", text + words),)

    @property
    def verdict_so_far(self) -> Verdict:
        """What a generation that is published now is worth: WARN when something is not right."""
        return Verdict.WARN if self._reasons() else Verdict.PASS

    def _verdict(self) -> Verdict:
        if self._failure is not None:
            cancelled = self._failure.code == Cancelled.code
            return Verdict.CANCELLED if cancelled else Verdict.FAIL
        if not (self._generation or self._sent or (self._rehearsal and self._state)):
            return Verdict.FAIL
        return Verdict.WARN if self._reasons() else Verdict.PASS

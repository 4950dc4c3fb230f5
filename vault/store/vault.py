"""The vault: one folder that holds every backup, and the only way to change what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from outcome import Verdict
from vault.place import Location, Place
from vault.store import generations as reading
from vault.store import on_server, quarantine, records
from vault.store.durable import JSON, add_folder, discard, remove_if_empty, sync
from vault.store.errors import VaultFailed
from vault.store.forget import remove_generation
from vault.store.generations import Generation
from vault.store.latest import repoint
from vault.store.manifest import Manifest
from vault.store.names import check_host, check_run
from vault.store.opened import OpenedVault, iso, utc_now
from vault.store.publish import RemoteFile, StagedFile, publish_generation
from vault.store.quarantine import Cause, QuarantineLimits
from vault.store.records import Identity
from vault.store.state import Check, Hold, State, read_state, write_state


class Vault(OpenedVault):
    """One vault below `root`, which must be on a POSIX file system.

    Whoever changes anything holds `vault.lock.VaultLock`; within that process all methods may be
    called from several threads. Every method raises a `VaultError` when the file system refuses;
    whatever was in the vault before is then still there, whole.
    """

    def __init__(
        self,
        root: Path,
        *,
        program: str = "conductor-backup",
        clock: Callable[[], datetime] = utc_now,
        quarantine_limits: QuarantineLimits | None = None,
    ) -> None:
        super().__init__(root, clock)
        self._program = program
        self._limits = quarantine_limits or QuarantineLimits()

    # a run

    def staging(self, run_id: str, host: str) -> Path:
        """Return the folder where the uploads of `host` land, made when it is not there."""
        folder = self.layout.staged(run_id, host)
        with self._changing(f"{host}: make its staging folder"):
            with self._guard:
                new = [each for each in (folder.parent, folder) if add_folder(each)]
            for each in new:
                sync(each.parent)
        return folder

    def drop_staging(self, run_id: str, host: str) -> None:
        """Delete what the run staged for `host`, if there is anything."""
        folder = self.layout.staged(run_id, host)
        with self._changing(f"{host}: clear its staging folder"):
            if not remove_if_empty(folder):
                discard(self.layout, folder)
            with self._guard:
                remove_if_empty(folder.parent)

    def publish(
        self,
        host: str,
        run_id: str,
        files: Sequence[StagedFile | RemoteFile],
        facts: Mapping[str, JSON],
        proof: Mapping[str, JSON],
        *,
        verdict: Verdict = Verdict.PASS,
    ) -> Generation:
        """Publish proven files as the generation of `host` by this run; `latest` follows.

        `facts` is the conductor's identity, `proof` what the provers found. The order of the
        steps is in `vault.store.publish`. Only PASS and WARN can be published.
        """
        entries = tuple(file.entry() for file in files)
        created = self._stamp()
        manifest = Manifest(
            check_host(host), check_run(run_id), created, self._program, verdict, facts, entries,
            proof,
        )  # fmt: skip
        if not manifest.proven:
            raise VaultFailed(f"{host}: a backup with verdict {verdict} is not published")
        with self._changing(f"{host}: publish {run_id}"):
            staged = [file for file in files if isinstance(file, StagedFile)]
            return publish_generation(self.layout, manifest, staged)

    def quarantine(
        self,
        host: str,
        run_id: str,
        files: Sequence[Path],
        code: str,
        text: str,
        *,
        remote: Sequence[Location] = (),
    ) -> Path:
        """Move staged `files` into quarantine with the reason and return their folder.

        What is `remote` stays where it is, until the quarantine forgets about it.
        """
        cause = Cause(code, text, self._stamp(), tuple(remote))
        with self._changing(f"{host}: put {run_id} in quarantine"), self._guard:
            path = quarantine.put_files(self.layout, host, run_id, files, cause)
            quarantine.bound(self.layout, self._limits)
        return path

    # holds, checks and removal

    def hold(self, host: str, run_id: str, reason: str, by: str) -> Generation:
        """Keep a generation from being removed until it is released."""
        if not reason.strip():
            raise VaultFailed(f"{host}: holding {run_id} needs a reason")
        return self._change_state(
            host, run_id, lambda state: replace(state, hold=Hold(reason, by, self._stamp()))
        )

    def release(self, host: str, run_id: str) -> Generation:
        """Let retention decide about a generation again."""
        return self._change_state(host, run_id, lambda state: replace(state, hold=None))

    def note_proven(
        self, host: str, run_id: str, when: datetime, ok: bool, note: str = ""
    ) -> Generation:
        """Record how proving a generation again ended; `latest` follows."""
        check = Check(iso(when), ok, note)
        return self._change_state(host, run_id, lambda state: replace(state, check=check))

    def quarantine_generation(self, host: str, run_id: str, code: str, text: str) -> Path:
        """Take a rotten generation out of use and return where it lies now.

        `latest` moves to the next best before the folder moves. A held one stays in its place,
        marked as not proven, because the quarantine forgets. Files outside stay where they are.
        """
        self.note_proven(host, run_id, self.now(), ok=False, note=f"{code}: {text}")
        with (
            self._changing(f"{host}: put {run_id} in quarantine"),
            self._alone(host),
            self._guard,
        ):
            generation = reading.read_generation(self.layout, host, run_id)
            if generation.held:
                return generation.path
            cause = Cause(code, text, self._stamp(), generation.locations)
            path = quarantine.put_generation(self.layout, host, run_id, cause)
            quarantine.bound(self.layout, self._limits)
        return path

    def remove(self, host: str, run_id: str, place: Place | None = None) -> int:
        """Delete a generation, and what it has at `place`; return the bytes of its files.

        Refuse, with `VaultFailed`, one that is held and the newest proven one; with
        `RemoteUnreachable` or `RemoteStays` one whose files outside cannot be removed.
        """
        with self._changing(f"{host}: remove {run_id}"), self._alone(host), self._guard:
            generation = reading.read_generation(self.layout, host, run_id)
            newest = self.latest(host)
            if generation.held:
                raise VaultFailed(f"{host}: {run_id} is held; release it first")
            if newest is not None and newest.run_id == run_id:
                raise VaultFailed(f"{host}: {run_id} is its newest proven backup; it stays")
            remove_generation(self.layout, generation, place, self._stamp())
        return generation.size

    def sweep(self, host: str, place: Place) -> tuple[str, ...]:
        """Remove from `place` what no generation refers to any more; return why anything stays."""
        with (
            self._changing(f"{host}: remove files from the server"),
            self._alone(host),
            self._guard,
        ):
            return on_server.sweep(self.layout, host, place)

    # records

    def write_ledger(self, run_id: str, content: Mapping[str, JSON]) -> None:
        """Write the ledger of a run, in place of the one before."""
        with self._changing(f"write the ledger of {run_id}"):
            records.write_ledger(self.layout, run_id, content)

    def note_on_device(self, host: str, names: Sequence[str]) -> None:
        """Record which files of ours are, or are about to be, on the flash of `host`.

        Written before the device makes a file, so that the next run finds what a killed one left.
        """
        with self._changing(f"{host}: note what is on its flash"), self._alone(host):
            records.write_on_device(self.layout, host, names)

    def note_on_server(self, host: str, run_id: str, location: Location) -> None:
        """Record a file that the conductor is about to push to a server, to stay there."""
        with self._changing(f"{host}: note what is on the server"), self._alone(host):
            on_server.note(self.layout, check_host(host), check_run(run_id), [location])

    def accept_identity(
        self, host: str, identity: Mapping[str, str], reason: str, by: str
    ) -> Identity:
        """Record who `host` is from now on."""
        accepted = Identity(check_host(host), dict(identity), reason, by, self._stamp())
        with self._changing(f"{host}: accept its identity"), self._alone(host):
            records.write_identity(self.layout, accepted)
        return accepted

    def restore_identity(self, host: str, before: Identity | None) -> None:
        """Put back who `host` was accepted to be; None forgets the one that is recorded."""
        with self._changing(f"{host}: restore its identity"), self._alone(host):
            if before is None:
                records.remove_identity(self.layout, check_host(host))
            else:
                records.write_identity(self.layout, before)

    def _change_state(self, host: str, run_id: str, change: Callable[[State], State]) -> Generation:
        with self._changing(f"{host}: note the state of {run_id}"), self._alone(host):
            folder = reading.read_generation(self.layout, host, run_id).path
            write_state(self.layout, folder, change(read_state(folder)))
            repoint(self.layout, host)
            return reading.read_generation(self.layout, host, run_id)

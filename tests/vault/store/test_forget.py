from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.outside import publish_outside
from tests.support.sshd import missing, running_sshd
from tests.support.vaults import HOST, Crash, dying_at, faults, interpose, run
from vault.place import Place
from vault.server import Landing, ReadBack, ReadBackFailed, Seen, Untouched
from vault.server.sftp import SftpPlace
from vault.store import RemoteStays, RemoteUnreachable, Vault

STEPS = 40
"""More than the changes that one removal makes."""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def promised(vault: Vault) -> set[str]:
    """Return the names of all files outside of which the vault says that they are proven."""
    proven = [each for each in vault.generations(HOST) if each.proven]
    return {location.name for each in proven for location in each.locations}


def test_remove_takes_the_files_outside_with_it(vault: Vault, landed: Path, place: Landing) -> None:
    kinds = ("flash", "config")
    old, new = (publish_outside(vault, landed, place, number, kinds) for number in range(2))
    assert vault.remove(HOST, old.run_id, place) == old.size
    assert names(landed) == {location.name for location in new.locations}
    assert [each.run_id for each in vault.generations(HOST)] == [new.run_id]
    assert vault.unused_on_server(HOST) == ()


def test_remove_without_a_place_or_with_another_one_touches_nothing(
    vault: Vault, landed: Path, place: Landing, tmp_path: Path
) -> None:
    for number in range(2):
        publish_outside(vault, landed, place, number)
    other = Landing(tmp_path)
    other.start()
    for wrong in (None, other):
        with pytest.raises(RemoteUnreachable, match="the settings name"):
            vault.remove(HOST, run(0), wrong)
    other.stop()
    assert len(promised(vault)) == 2
    assert promised(vault) == names(landed)


def test_remove_refused_by_the_place_keeps_both(vault: Vault, landed: Path, place: Landing) -> None:
    for number in range(2):
        publish_outside(vault, landed, place, number)
    with pytest.raises(RemoteStays, match="not ours to delete"):
        vault.remove(HOST, run(0), Untouched(place, "not ours to delete"))
    assert len(promised(vault)) == 2
    assert vault.unused_on_server(HOST) == ()
    assert faults(vault) == []


def test_remove_refused_by_a_server_that_is_read_only_keeps_both(
    vault: Vault, landed: Path, tmp_path: Path
) -> None:
    if reason := missing():
        pytest.skip(reason)
    (tmp_path / "sshd").mkdir()
    with running_sshd(tmp_path / "sshd", "ForceCommand internal-sftp -R") as sshd:
        options = ReadBack(
            "127.0.0.1",
            sshd.username,
            port=sshd.port,
            private_key=sshd.private_key,
            fingerprint=sshd.fingerprint,
            folder=str(landed),
        )
        place = SftpPlace(options)
        place.start()
        for number in range(2):
            publish_outside(vault, landed, place, number)
        with pytest.raises(RemoteStays, match="ermission denied"):
            vault.remove(HOST, run(0), place)
        place.stop()
    assert promised(vault) == names(landed)


class Breaking(Landing):
    """A place that breaks off when a file is removed; `done` says whether it was by then."""

    done = False
    broken = False

    def look(self, name: str) -> Seen | None:
        if self.broken:
            raise ReadBackFailed("no answer")
        return super().look(name)

    def remove(self, name: str) -> str:
        if self.done:
            super().remove(name)
        self.broken = True
        raise ReadBackFailed("no answer")


@pytest.mark.parametrize("done", [True, False])
def test_remove_with_a_lost_answer_is_never_called_proven(
    vault: Vault, landed: Path, done: bool
) -> None:
    place = Breaking(landed)
    place.done = done
    place.start()
    for number in range(2):
        publish_outside(vault, landed, place, number)
    with pytest.raises(RemoteStays, match="no answer"):
        vault.remove(HOST, run(0), place)
    place.stop()
    doubtful = vault.generation(HOST, run(0))
    assert not doubtful.proven
    assert doubtful.check is not None
    assert "no answer" in doubtful.check.note


class Half(Landing):
    """A place that removes the first file only."""

    removals = 0

    def remove(self, name: str) -> str:
        self.removals += 1
        return super().remove(name) if self.removals == 1 else "not any more"


def test_remove_half_done_drops_the_generation_and_remembers_the_rest(
    vault: Vault, landed: Path, place: Landing
) -> None:
    half = Half(landed)
    half.start()
    for number in range(2):
        publish_outside(vault, landed, half, number, ("flash", "config"))
    vault.remove(HOST, run(0), half)
    half.stop()
    assert [each.run_id for each in vault.generations(HOST)] == [run(1)]
    assert len(vault.unused_on_server(HOST)) == 1
    assert vault.sweep(HOST, place) == ()
    assert promised(vault) == names(landed)


def test_remove_file_that_is_gone_already_is_no_trouble(
    vault: Vault, landed: Path, place: Landing
) -> None:
    old, _ = (publish_outside(vault, landed, place, number) for number in range(2))
    (landed / old.locations[0].name).unlink()
    vault.remove(HOST, old.run_id, place)
    assert len(vault.generations(HOST)) == 1


def cut_at(vault: Vault, place: Place, number: int) -> bool:
    """Remove the older generation until the `number`-th change; tell whether there was one."""
    with pytest.MonkeyPatch.context() as patch:
        interpose(dying_at(number), patch.setattr)
        try:
            vault.remove(HOST, run(0), place)
        except Crash:
            return True
    return False


def test_remove_cut_at_any_point_promises_nothing_that_is_gone(
    tmp_path: Path, landed: Path, place: Landing
) -> None:
    cuts = 0
    for number in range(1, STEPS):
        vault = Vault(tmp_path / f"vault-{number}")
        vault.prepare()
        for week in range(2):
            publish_outside(vault, landed, place, week)
        cut = cut_at(vault, place, number)
        cuts += cut
        assert promised(vault) <= names(landed)
        after = Vault(vault.root)
        after.prepare()
        after.reconcile()
        assert after.sweep(HOST, place) == ()
        assert promised(after) == names(landed)
        assert faults(after) == []
        shutil.rmtree(vault.root)
        if not cut:
            break
    assert 10 < cuts < STEPS - 1

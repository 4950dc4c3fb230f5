"""The verb `show`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.generations import HOST, VerbProject


def test_show_tells_everything_that_matters(verbs: VerbProject) -> None:
    made = verbs.publish()
    verbs.vault.hold(HOST, made.run_id, "before the upgrade", "tester@here")
    answer = verbs.run("show", HOST)
    assert answer.code == 0
    for text in (made.run_id, "serial S1", "by tester@here: before the upgrade", "2 members"):
        assert text in answer.out
    assert made.manifest is not None
    assert all(entry.sha256 in answer.out for entry in made.manifest.files)
    assert answer.json["hold"]["reason"] == "before the upgrade"


def test_show_prints_a_command_that_proves_the_files(verbs: VerbProject) -> None:
    verbs.publish()
    command = verbs.run("show", HOST).out.partition("coreutils alone:")[2]
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "flash.tar.gz: OK" in done.stdout


def test_show_broken_one_has_no_size_and_its_path_in_one_piece(tmp_path: Path) -> None:
    folder = tmp_path / ("a-long-name-" * 9)
    folder.mkdir()
    verbs = VerbProject(folder)
    made = verbs.publish()
    (made.path / "manifest.json").unlink()
    answer = verbs.run("show", HOST, made.run_id)
    assert answer.code == 0
    assert "size       unknown" in answer.out
    assert "0 B" not in answer.out
    (broken,) = (line for line in answer.out.splitlines() if "manifest.json" in line)
    assert str(made.path) in broken
    assert f"folder     {made.path}" in answer.out
    assert " 0 B " not in verbs.run("verify").out.partition("generations proven")[0]


def test_show_one_of_a_kind_is_not_called_several(verbs: VerbProject) -> None:
    made = verbs.publish(members={"one": "1\n"})
    assert "1 member (1 file, 0 folders, 0 links)" in verbs.run("show", HOST).out
    file = verbs.run("verify", "--file", str(made.path / "flash.tar.gz"))
    assert "1 member: 1 file, 0 folders, 0 links" in file.out

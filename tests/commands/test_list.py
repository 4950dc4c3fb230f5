"""The verb `list`."""

from __future__ import annotations

from datetime import timedelta

from tests.support.generations import HOST, VerbProject


def test_list_shows_newest_first_and_what_is_special(verbs: VerbProject) -> None:
    _, held, broken = verbs.weekly(3)
    verbs.vault.hold(HOST, held.run_id, "upgrade", "me")
    (broken.path / "manifest.json").write_text("{}")
    answer = verbs.run("list", "--host", HOST)
    assert answer.code == 0
    rows = [line for line in answer.out.splitlines() if line.startswith(HOST)]
    assert [row.split()[-1] for row in rows] == ["latest", "held", "broken"]
    assert answer.out.splitlines()[-1].startswith("3 generations of 1 conductor")
    assert [each["proven"] for each in answer.json["generations"]] == [True, True, False]


def test_list_fits_100_columns(verbs: VerbProject) -> None:
    verbs.publish(timedelta(weeks=200), host="mm-with-a-rather-long-name-1.example.org")
    assert max(map(len, verbs.run("list").out.splitlines())) <= 100


def test_list_names_a_conductor_without_backup(verbs: VerbProject) -> None:
    verbs.publish()
    assert any(
        line.startswith("mm-lab-1") and " none " in line
        for line in verbs.run("list").out.splitlines()
    )


def test_list_shows_the_verdict_of_a_run_with_a_warning(verbs: VerbProject) -> None:
    manifest = verbs.publish().path / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"PASS"', '"WARN"'))
    answer = verbs.run("list", "--host", HOST)
    assert answer.json["generations"][0]["verdict"] == "WARN"
    assert any(line.startswith(HOST) and " WARN " in line for line in answer.out.splitlines())

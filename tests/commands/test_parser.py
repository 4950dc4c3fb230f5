"""What may be typed, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import commands
from commands.parser import parse, parser
from commands.verbs import VERBS

READS = ("list", "status", "verify", "diff mm-hq-1", "show mm-hq-1", "prune --dry-run")


def test_parse_nothing_is_a_backup_of_everything() -> None:
    options = parse([])
    assert options.verb is None
    assert options.hosts == options.sites == options.groups == ()


def test_parse_backup_options_stay_as_they_were() -> None:
    options = parse(["--site", "hq,lab", "--site", "dc,hq", "--workers", "4", "--dry-run"])
    assert options.sites == ("hq", "lab", "dc")
    assert (options.workers, options.dry_run, options.verb) == (4, True, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--site", "hq", "list"], "options stand behind the verb: runbook.py list"),
        (
            ["--config", "my file", "-v", "list"],
            "options stand behind the verb: runbook.py list --config 'my file' -v",
        ),
        (["--sit", "hq"], 'unrecognized arguments: --sit hq; did you mean "--site"?'),
        (["--confg=x", "--xyzzy"], 'did you mean "--config"?'),
        (["backup", "--site", "hq"], "a backup needs no verb: runbook.py --site hq"),
        (["restore", "mm-1"], '"Restoring a conductor" in docs/operating.md'),
        (["show", "mm-1", "--jsn", "x"], 'did you mean "--json"?'),
        (["show", "mm-1", "--site", "hq"], "names, and has no filters"),
        (["lst"], 'no verb "lst"; did you mean "list"?\n  known verbs: accept, check, '),
        (["lst", "--help"], 'no verb "lst"; did you mean "list"?'),
        (["xyzzy"], 'no verb "xyzzy"\n  known verbs: '),
        (["list", "--hos", "x"], "unrecognized arguments"),
        (["hold", "mm-1"], "--reason"),
        (["hold", "mm-1", "--reason", "  "], "must not be empty"),
        (["status", "--max-age", "8"], "'8' is no duration"),
        (["verify", "--all", "--latest"], "not allowed with argument"),
        (["verify", "--max-minutes", "0"], "not a whole number above 0"),
        (["--json", "/nonexistent/x.json"], "no such folder: /nonexistent"),
        (["list", "--json", "/etc/hosts/x.json"], "no such folder: /etc/hosts"),
        (["--json", "/etc"], "/etc is a folder"),
        (["list", "--workers", "3"], "unrecognized arguments"),
    ],
)
def test_parse_what_makes_no_sense_ends_with_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("target", ["-", "report.json"])
def test_parse_json_target_that_can_be_written_is_taken(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse(["--json", target]).json == target


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_help_of_every_verb_fits_100_columns(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as ended:
        parse([verb, "--help"])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"usage: runbook.py {verb}" in out
    assert max(map(len, out.splitlines())) <= 100


def test_help_names_every_verb() -> None:
    text = parser([]).format_help()
    assert all(f"\n    {verb} " in text for verb in VERBS)


def test_every_module_that_is_a_verb_is_listed() -> None:
    modules = Path(commands.__path__[0]).glob("*.py")
    found = {path.stem for path in modules if "\ndef add_to(" in path.read_text("utf-8")}
    assert found == set(VERBS)


@pytest.mark.parametrize("words", ["list --xyzzy", "show", "hold mm-1 2026 x --reason x"])
def test_parse_error_within_a_verb_shows_the_usage_of_that_verb(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(words.split())
    verb = words.split()[0]
    assert capsys.readouterr().err.startswith(f"usage: runbook.py {verb} [-h]")


def test_restore_is_a_chapter_of_the_page_that_is_named() -> None:
    page = Path(commands.__path__[0]).parent / "docs" / "operating.md"
    assert "\n## Restoring a conductor\n" in page.read_text("utf-8")

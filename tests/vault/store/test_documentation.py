from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from settings import HostPolicy
from tests.support.vaults import FACTS, HOST, PROOF, run, stage
from vault.place import Location
from vault.retention import Candidate, Policy, plan
from vault.store import FileEntry, StagedFile, Vault, run_time
from vault.store.names import FILE_NAMES

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "vault.md").read_text()


def staged_members(vault: Vault, run_id: str) -> StagedFile:
    file = stage(vault, HOST, run_id, "members")
    content = gzip.compress(b'{"name": "flash/"}\n', mtime=0)
    file.path.write_bytes(content)
    digest = subprocess.run(
        ["sha256sum", str(file.path)], check=True, capture_output=True, text=True
    ).stdout[:64]
    return replace(file, size=len(content), sha256=digest)


@pytest.fixture
def sample(vault: Vault) -> Vault:
    for number in range(2):
        files = [stage(vault, HOST, run(number)), staged_members(vault, run(number))]
        vault.publish(HOST, run(number), files, FACTS, PROOF)
    return vault


def run_commands(folder: Path, home: Path) -> str:
    (block,) = re.findall(r"```sh\n(.*?)```", TEXT, re.S)
    done = subprocess.run(
        ["sh", "-eu", "-c", block],
        cwd=folder,
        env={**os.environ, "HOME": str(home), "LC_ALL": "C"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def test_documented_commands_work_on_a_vault(sample: Vault, tmp_path: Path) -> None:
    output = run_commands(sample.root, tmp_path)
    assert "flash.tar.gz: OK" in output
    assert f"\n{run(1)}\n" in output
    assert '"verdict": "PASS"' in output
    assert '"serial": "CX0000001"' in output
    assert '{"name": "flash/"}' in output
    assert "DAMAGED" not in output
    assert (tmp_path / "restore" / "flash.tar.gz").is_file()


def test_documented_commands_find_a_damaged_backup(sample: Vault, tmp_path: Path) -> None:
    (sample.generation(HOST, run(0)).path / "flash.tar.gz").write_bytes(b"x")
    output = run_commands(sample.root, tmp_path)
    assert f"DAMAGED: conductors/{HOST}/{run(0)}/SHA256SUMS" in output
    assert f"{run(1)}/SHA256SUMS" not in output


def test_documented_manifest_keys_are_all_there_are(sample: Vault) -> None:
    manifest = sample.generation(HOST, run(0)).manifest
    assert manifest is not None
    content = json.loads(json.dumps(manifest.to_json()))
    location = Location("name", "folder", "server")
    outside = FileEntry("flash", "flash.tar.gz", 1, "0" * 64, location=location).to_json()
    keys = set(content) | {f"files[].{key}" for key in outside}
    keys |= {f"files[].location.{field.name}" for field in fields(location)}
    table = TEXT[TEXT.index("## `manifest.json`") : TEXT.index("## `state.json`")]
    assert set(re.findall(r"^\| `([^`]+)` \|", table, re.M)) == keys


def test_documented_layout_names_every_file(sample: Vault) -> None:
    sample.hold(HOST, run(0), "x", "ops")
    sample.accept_identity(HOST, {}, "x", "ops")
    layout = TEXT[TEXT.index("## Layout") : TEXT.index("`RUN` is the time")]
    names = {path.name for path in (sample.root / "conductors").rglob("*") if path.is_file()}
    assert all(name in layout for name in names | set(FILE_NAMES.values()))
    assert all(f"VAULT/{path.name}" in layout for path in sample.root.iterdir())


def test_documented_retention_example_is_what_the_policy_does() -> None:
    rows = re.findall(r"^\| (\d{4}-\d\d-\d\dT\d{6}Z) \| ?(.*?) ?\| (.+) \|$", TEXT, re.M)
    history = [
        Candidate(name, run_time(name), flag != "not proven", flag == "held")
        for name, flag, _ in rows
    ]
    policy = Policy(keep_last=2, keep_monthly=3, keep_yearly=2, keep_within=timedelta(days=21))
    made = plan(history, policy, run_time(rows[0][0]) + timedelta(hours=1))
    assert len(rows) == 12
    assert [(name, ", ".join(made.keep.get(name, ("-",)))) for name, _, _ in rows] == [
        (name, reasons) for name, _, reasons in rows
    ]


def test_documented_retention_rules_are_the_keys_of_the_settings() -> None:
    rules = TEXT[TEXT.index("## Retention") : TEXT.index("An example: `keep_last")]
    table = "\n".join(line for line in rules.splitlines() if line.startswith("| `"))
    named = re.findall(r"`(\w+): \w+`", table)
    assert sorted(named) == sorted(key for key in HostPolicy.model_fields if "keep_" in key)


def test_documented_copy_leaves_no_link(sample: Vault, tmp_path: Path) -> None:
    target = tmp_path / "restore"
    run_commands(sample.root, tmp_path)
    assert not target.is_symlink()
    shutil.rmtree(sample.root)
    assert (target / "SHA256SUMS").read_text()

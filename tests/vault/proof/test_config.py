from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from vault.proof import (
    ConfigIncomplete,
    ConfigLimits,
    ConfigNotOne,
    ConfigProof,
    ConfigRejected,
    prove_running_config,
)

BODY = "".join(f"interface vlan {number}\n    description uplink\n!\n" for number in range(20))
OPENING = (
    'Building Configuration...\n \nversion 8.10\nhostname "mc-1"\nclock timezone CET +01 00\n!\n'
)
CONFIG = OPENING + BODY + "end\n"


def reason(text: str | bytes, **options: object) -> str:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(ConfigRejected) as caught:
        prove_running_config(data, **options)  # type: ignore[arg-type]
    assert caught.value.size == len(data)
    assert caught.value.sha256 == hashlib.sha256(data).hexdigest()
    return caught.value.reason


def test_prove_running_config_whole_one_tells_what_it_says() -> None:
    data = CONFIG.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    proof = prove_running_config(data, hostname="mc-1")
    assert proof == ConfigProof(len(data), sha256, CONFIG.count("\n"), "mc-1", "8.10")


def test_prove_running_config_any_kind_of_source_gives_the_same(tmp_path: Path) -> None:
    data = CONFIG.encode()
    path = tmp_path / "running-config.cfg"
    path.write_bytes(data)
    proof = prove_running_config(data)
    assert prove_running_config(path) == proof
    assert prove_running_config(io.BytesIO(data)) == proof
    assert prove_running_config([data[:100], data[100:]]) == proof


@pytest.mark.parametrize(
    "text",
    [
        CONFIG.removeprefix("Building Configuration...\n \n"),
        CONFIG.replace("\n", "\r\n"),
        CONFIG + "\n \n\n",
        CONFIG.removesuffix("\n"),
        "! saved\n# by hand\n" + CONFIG,
        CONFIG.replace('"mc-1"', "MC-1"),
        CONFIG.replace("uplink", "Error: not shown at the beginning of a line"),
        CONFIG.replace("uplink", "Zürich"),
        "\ufeff" + CONFIG,
    ],
)
def test_prove_running_config_harmless_differences_pass(text: str) -> None:
    assert prove_running_config(text.encode(), hostname="mc-1").version == "8.10"


def test_prove_running_config_latin_1_passes() -> None:
    assert prove_running_config(CONFIG.replace("uplink", "Zürich").encode("latin-1")).lines > 20


def test_prove_running_config_every_cut_refused() -> None:
    whole = CONFIG.rstrip()
    for length in range(len(whole)):
        reason(whole[:length])


def test_prove_running_config_without_end_passes_only_when_told() -> None:
    cut = CONFIG.removesuffix("end\n")
    assert reason(cut) == "no-end"
    assert prove_running_config(cut.encode(), require_end=False).hostname == "mc-1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("<html><body>Login</body></html>", "not-text"),
        ('{"_global_result": {"status": 1}}', "not-text"),
        (CONFIG.replace("version 8.10\n", ""), "no-version"),
        (CONFIG.replace('hostname "mc-1"\n', ""), "no-hostname"),
        ("!\n" * 60 + CONFIG, "no-version"),
        (OPENING + "end\n", "too-short"),
        (CONFIG + "(mc-1) #\n", "no-end"),
        (CONFIG.replace("uplink", "up\0link"), "binary"),
        (CONFIG.replace("uplink", "up\x1b[0mlink"), "binary"),
        (CONFIG.replace("!\nend", "% Invalid input detected at '^' marker.\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "          ^\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "Module Profile Manager is busy. Try later\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "Error: cannot read\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "Incomplete command\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "\tAmbiguous input\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "Invalid command\nend"), "cli-error"),
        (CONFIG.replace("!\nend", "% Incomplete command.\nend"), "cli-error"),
    ],
)
def test_prove_running_config_wrong_text_refused(text: str, expected: str) -> None:
    assert reason(text) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"\x1f\x8b\x08" + bytes(90), "not-text"), (CONFIG.encode("utf-16"), "binary")],
)
def test_prove_running_config_no_text_refused(data: bytes, expected: str) -> None:
    assert reason(data) == expected


def test_prove_running_config_of_another_conductor_refused() -> None:
    with pytest.raises(ConfigNotOne, match='configuration of "mc-1", not of "mc-2"') as caught:
        prove_running_config(CONFIG.encode(), hostname="mc-2")
    assert (caught.value.reason, caught.value.code) == ("other-hostname", "wrong-content")


def test_prove_running_config_incomplete_carries_its_code() -> None:
    with pytest.raises(ConfigIncomplete) as caught:
        prove_running_config(CONFIG[:-10].encode())
    assert caught.value.code == "config-incomplete"


def test_prove_running_config_beyond_the_size_limit_refused() -> None:
    assert reason(CONFIG, limits=ConfigLimits(size=len(CONFIG) - 1)) == "too-large"
    limits = ConfigLimits(size=len(CONFIG), min_lines=CONFIG.count("\n"))
    assert prove_running_config(CONFIG.encode(), limits=limits).lines == CONFIG.count("\n")

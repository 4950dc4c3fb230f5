"""Fleet files: YAML with `defaults`, `conductors` and `listen`, validated strictly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from emulator.errors import FleetFileError
from emulator.fleet import placed
from emulator.knobs import PROFILES
from emulator.spec import ConductorSpec

TOP_KEYS: Final = frozenset({"defaults", "conductors", "listen"})
LISTEN_KEYS: Final = frozenset({"address", "first_port"})
SPEC: Final[TypeAdapter[ConductorSpec]] = TypeAdapter(ConductorSpec)

Raw = dict[str, Any]


def load_fleet(path: Path | str) -> tuple[ConductorSpec, ...]:
    """Read a fleet file; FleetFileError names every fault in it with file and key.

    Each entry of `conductors` is merged over `defaults`, key by key at every depth. With
    `listen: {address: 127.0.0.1, first_port: 14343}` all share one address and count ports up;
    without it each has an address of its own and port 4343.
    """
    file = Path(path)
    raw = _read(file)
    faults = [f"unknown key {key!r}" for key in sorted(raw.keys() - TOP_KEYS)]
    defaults = raw.get("defaults") or {}
    entries = raw.get("conductors")
    faults += _shape_faults(raw)
    if faults:
        raise _invalid(file, faults)
    assert isinstance(entries, list)  # noqa: S101 - _shape_faults saw to it
    specs = _specs(file, defaults, entries, raw.get("listen") or {})
    try:
        return placed(specs)
    except FleetFileError as exc:
        raise _invalid(file, [str(exc)]) from None


def _read(file: Path) -> Raw:
    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise FleetFileError(f"{file}: cannot be read: {exc}") from None
    except YAMLError as exc:
        raise FleetFileError(f"{file}: not valid YAML: {' '.join(str(exc).split())}") from None
    if not isinstance(content, dict):
        raise FleetFileError(f"{file}: must hold the keys {sorted(TOP_KEYS)}")
    return content


def _shape_faults(raw: Raw) -> list[str]:
    faults = []
    if not isinstance(raw.get("conductors"), list) or not raw["conductors"]:
        faults.append("conductors: must be a list with at least one entry")
    elif not all(isinstance(entry, dict) for entry in raw["conductors"]):
        faults.append("conductors: every entry must be a mapping with a name")
    if not isinstance(raw.get("defaults") or {}, dict):
        faults.append("defaults: must be a mapping")
    listen = raw.get("listen") or {}
    if not isinstance(listen, dict) or (listen and listen.keys() != LISTEN_KEYS):
        faults.append(f"listen: must be a mapping with exactly {sorted(LISTEN_KEYS)}")
    elif listen and not isinstance(listen["first_port"], int):
        faults.append("listen.first_port: must be a number")
    return faults


def _specs(file: Path, defaults: Raw, entries: list[Raw], listen: Raw) -> Iterable[ConductorSpec]:
    faults = _faults_of(_with_profile({"name": "defaults", **defaults}), "defaults")
    if faults:
        raise _invalid(file, faults)
    merged = [
        _with_profile(_merged(_merged(_placement(listen, index), defaults), entry))
        for index, entry in enumerate(entries)
    ]
    for index, entry in enumerate(merged):
        faults += _faults_of(entry, f"conductors[{index}]")
    if faults:
        raise _invalid(file, faults)
    return [_resolved(SPEC.validate_python(entry), file) for entry in merged]


def _placement(listen: Raw, index: int) -> Raw:
    if not listen:
        return {}
    return {"address": listen["address"], "port": listen["first_port"] + index}


def _with_profile(entry: Raw) -> Raw:
    """Lay the given knobs over those of the profile."""
    knobs, profile = entry.get("knobs"), entry.get("profile", "8.10")
    if isinstance(knobs, dict) and profile in PROFILES:
        return {**entry, "knobs": {**asdict(PROFILES[profile]), **knobs}}
    return entry


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> Raw:
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        both = isinstance(under, dict) and isinstance(value, dict)
        result[key] = _merged(under, value) if both else value  # type: ignore[arg-type]
    return result


def _faults_of(entry: Raw, place: str) -> list[str]:
    try:
        SPEC.validate_python(entry)
    except ValidationError as exc:
        return [_worded(error, place) for error in exc.errors(include_url=False)]
    return []


def _worded(error: Mapping[str, Any], place: str) -> str:
    where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error["loc"])
    text = f"{place}{where}: {error['msg']}"
    if error["loc"] and error["loc"][-1] == "profile":
        return text + '; write it in quotes, as in profile: "8.10"'
    return text


def _resolved(spec: ConductorSpec, file: Path) -> ConductorSpec:
    """Take the path of a running configuration as relative to the fleet file."""
    name = spec.content.running_config_file
    if name is None:
        return spec
    found = file.parent / name
    if not found.is_file():
        raise FleetFileError(f"{file}: content.running_config_file: {found} is not a file")
    return replace(spec, content=replace(spec.content, running_config_file=str(found)))


def _invalid(file: Path, faults: list[str]) -> FleetFileError:
    return FleetFileError("\n".join(f"{file}: {fault}" for fault in faults))

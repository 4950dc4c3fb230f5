"""Keeps generations on disk: publish, hold, quarantine, reconcile."""

from vault.store.durable import JSON
from vault.store.errors import (
    RemoteChanged,
    RemoteStays,
    RemoteUnreachable,
    UnknownGeneration,
    UnsafeName,
    VaultError,
    VaultFailed,
    VaultFull,
    VaultUnwritable,
)
from vault.store.generations import Generation
from vault.store.manifest import FileEntry, Manifest
from vault.store.names import check_host, check_run, run_id_at, run_time
from vault.store.publish import RemoteFile, StagedFile
from vault.store.quarantine import Quarantined, QuarantineLimits
from vault.store.reader import VaultReader
from vault.store.reconcile import Reconciled
from vault.store.records import Identity
from vault.store.state import Check, Hold, State
from vault.store.vault import Vault

__all__ = [
    "JSON",
    "Vault",
    "VaultReader",
    "StagedFile",
    "RemoteFile",
    "Generation",
    "Manifest",
    "FileEntry",
    "State",
    "Hold",
    "Check",
    "Identity",
    "Quarantined",
    "QuarantineLimits",
    "Reconciled",
    "check_host",
    "check_run",
    "run_id_at",
    "run_time",
    "VaultError",
    "VaultUnwritable",
    "VaultFull",
    "VaultFailed",
    "UnknownGeneration",
    "UnsafeName",
    "RemoteUnreachable",
    "RemoteChanged",
    "RemoteStays",
]

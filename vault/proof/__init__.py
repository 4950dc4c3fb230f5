"""Prove what arrived: archives read to the last byte, configurations checked for completeness."""

from vault.proof.archive import ArchiveProof, prove_archive, prove_file
from vault.proof.config import ConfigProof, prove_running_config
from vault.proof.errors import (
    ArchiveDamaged,
    ArchiveNotOne,
    ArchiveRejected,
    ArchiveUnsafe,
    ConfigIncomplete,
    ConfigNotOne,
    ConfigRejected,
    MembersUnreadable,
    ProofError,
    ProverDied,
    SourceChanged,
    SourceUnreadable,
)
from vault.proof.identify import identify
from vault.proof.limits import ConfigLimits, Limits
from vault.proof.members import Member, MembersDiff, diff_members, read_members

__all__ = [
    "prove_archive",
    "prove_file",
    "prove_running_config",
    "ArchiveProof",
    "ConfigProof",
    "Limits",
    "ConfigLimits",
    "Member",
    "MembersDiff",
    "read_members",
    "diff_members",
    "identify",
    "ProofError",
    "SourceUnreadable",
    "SourceChanged",
    "ProverDied",
    "MembersUnreadable",
    "ArchiveRejected",
    "ArchiveDamaged",
    "ArchiveUnsafe",
    "ArchiveNotOne",
    "ConfigRejected",
    "ConfigIncomplete",
    "ConfigNotOne",
]

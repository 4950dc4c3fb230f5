"""What is wrong with a file that did not hold.

ProofError
├── SourceUnreadable        the file system refused to give the file up
├── SourceChanged           what was read is not what was received
├── ProverDied              the process that read the file has ended
├── MembersUnreadable       a members.jsonl.gz is damaged
├── ArchiveRejected         slug, offset, unpacked_offset, size, sha256
│   ├── ArchiveDamaged      not whole, or not what was sent
│   ├── ArchiveUnsafe       whole, but holds what no flash archive holds
│   └── ArchiveNotOne       something else under an archive's name
└── ConfigRejected          slug, size, sha256
    ├── ConfigIncomplete    the beginning, the middle or the end is missing
    └── ConfigNotOne        something else under a configuration's name
"""

from __future__ import annotations

from typing import ClassVar


class ProofError(Exception):
    """Anything that keeps a file from being proven."""

    code: ClassVar[str] = "archive-damaged"


class SourceUnreadable(ProofError):
    """The file could not be read to its end."""

    code = "vault-failed"


class SourceChanged(ProofError):
    """What the file system gave back is not what was received."""

    code = "vault-failed"


class ProverDied(ProofError):
    """The process that proved the file has ended, which says nothing about the file."""

    code = "prover-died"


class MembersUnreadable(ProofError):
    """A member manifest in the vault cannot be read back."""

    code = "vault-failed"


class ArchiveRejected(ProofError):
    """Say why an archive does not hold.

    `reason` is a short stable slug. `offset` is the byte of the file up to which it was read when
    the fault showed: exact for ends, checks and trailing data of the gzip layer, rounded up to a
    read for damaged data and for faults of the tar layer, which have their exact place in
    `unpacked_offset` (None for gzip faults). `size` and `sha256` are those of the whole file;
    `sha256` is "" when it could not be read to its end.
    """

    def __init__(
        self, reason: str, text: str, *, offset: int = 0, unpacked_offset: int | None = None
    ) -> None:
        super().__init__(text)
        self.reason = reason
        self.offset = offset
        self.unpacked_offset = unpacked_offset
        self.size = 0
        self.sha256 = ""


class ArchiveDamaged(ArchiveRejected):
    """The archive is cut, flipped or followed by something else."""

    code = "archive-damaged"


class ArchiveUnsafe(ArchiveRejected):
    """The archive holds a member, or a size, that would harm whoever unpacks it."""

    code = "archive-unsafe"


class ArchiveNotOne(ArchiveRejected):
    """The file is no flash archive at all."""

    code = "wrong-content"


class ConfigRejected(ProofError):
    """Say why a configuration does not hold; `reason` is a short stable slug."""

    code = "config-incomplete"

    def __init__(self, reason: str, text: str, *, size: int = 0, sha256: str = "") -> None:
        super().__init__(text)
        self.reason = reason
        self.size = size
        self.sha256 = sha256


class ConfigIncomplete(ConfigRejected):
    """The text is a configuration, but not all of it."""

    code = "config-incomplete"


class ConfigNotOne(ConfigRejected):
    """The file is no configuration, or one of another conductor."""

    code = "wrong-content"

"""What can go wrong between a conductor's push and a file in the staging folder.

ReceiverError
├── ReceiverDown            the server cannot start or has stopped
└── TransferError           one ticket's file is not there
    ├── NotReceived         nothing came
    │   └── NobodyConnected     and nobody who may use the ticket was seen
    ├── TransferRefused     what came is not what the ticket allows
    ├── TransferCut         the stream ended before the file did
    ├── AlgorithmMismatch   no common SSH algorithm
    ├── TooLarge            more bytes declared than the ticket allows
    └── StorageError        the file system did not take the file
        ├── StorageFull
        └── StorageUnwritable
"""

from __future__ import annotations

import errno


class ReceiverError(Exception):
    """The root of this package's errors; `code` is a key of `reasons.REMEDIES`."""

    code: str = "internal-error"


class ReceiverDown(ReceiverError):
    """The receiver cannot listen, or its host keys are unusable."""

    code = "receiver-down"


class TransferError(ReceiverError):
    """One ticket's file was not stored."""

    code = "transfer-refused"


class NotReceived(TransferError):
    """No transfer was begun with this ticket."""

    code = "not-received"


class NobodyConnected(NotReceived):
    """No transfer was begun, and no connection that could have been for it was seen."""


class TransferRefused(TransferError):
    """The client asked for something that its ticket does not allow."""

    code = "transfer-refused"


class TransferCut(TransferError):
    """The stream ended, or fell silent, before the file was whole."""

    code = "transfer-cut"


class AlgorithmMismatch(TransferError):
    """Client and receiver share no algorithm for some part of SSH."""

    code = "algorithm-mismatch"


class TooLarge(TransferError):
    """The client declared more bytes than the ticket allows."""

    code = "too-large"


class StorageError(TransferError):
    """The file system refused an operation."""

    code = "vault-failed"


class StorageFull(StorageError):
    """The file system has, or would have, too little room."""

    code = "vault-full"


class StorageUnwritable(StorageError):
    """The staging folder cannot be written."""

    code = "vault-unwritable"


def storage_error(doing: str, error: OSError) -> StorageError:
    """Translate an operating system error met while `doing` something to the staging folder."""
    text = f"{doing}: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(text)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT):
        return StorageUnwritable(text)
    return StorageError(text)

"""A receive-only SCP server: one ticket, one file, nothing else.

The server itself is `vault.receiver.receiver.Receiver`. It is not named here because it loads the
SSH library, which takes a third of a second, and only the receiver's process needs it.
"""

from vault.receiver.errors import (
    AlgorithmMismatch,
    NobodyConnected,
    NotReceived,
    ReceiverDown,
    ReceiverError,
    StorageError,
    StorageFull,
    StorageUnwritable,
    TooLarge,
    TransferCut,
    TransferError,
    TransferRefused,
)
from vault.receiver.options import ReceiverOptions
from vault.receiver.ticket import Receipt, Ticket

__all__ = [
    "ReceiverOptions",
    "Ticket",
    "Receipt",
    "ReceiverError",
    "ReceiverDown",
    "TransferError",
    "NotReceived",
    "NobodyConnected",
    "TransferRefused",
    "TransferCut",
    "AlgorithmMismatch",
    "TooLarge",
    "StorageError",
    "StorageFull",
    "StorageUnwritable",
]

"""A receive-only SCP server: one ticket, one file, nothing else."""

from vault.receiver.errors import (
    AlgorithmMismatch,
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
from vault.receiver.receiver import Receiver
from vault.receiver.ticket import Receipt, Ticket

__all__ = [
    "Receiver",
    "ReceiverOptions",
    "Ticket",
    "Receipt",
    "ReceiverError",
    "ReceiverDown",
    "TransferError",
    "NotReceived",
    "TransferRefused",
    "TransferCut",
    "AlgorithmMismatch",
    "TooLarge",
    "StorageError",
    "StorageFull",
    "StorageUnwritable",
]

"""The receiver in a process of its own, so that it shares no interpreter with the run."""

from vault.receiver_process.process import ReceiverProcess
from vault.receiver_process.ticket import RemoteTicket

__all__ = ["ReceiverProcess", "RemoteTicket"]

"""The run's side: start the receiver's process, ask it for tickets, and end it.

Host keys are checked and addresses bound here, so that every error about them is raised by `start`
while nobody has been contacted, and rights and sockets that systemd gave to the run need not be
passed on. The process imports what it needs meanwhile: conductors that connect early wait.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from vault.receiver import ReceiverDown, ReceiverOptions
from vault.receiver.key_file import are_whole
from vault.receiver.sockets import open_sockets
from vault.receiver_process.conversation import Conversation
from vault.receiver_process.launch import launch
from vault.receiver_process.ticket import RemoteTicket


class ReceiverProcess:
    """Receive in a process of its own what a ticket was issued for; start it once."""

    def __init__(self, options: ReceiverOptions) -> None:
        self._options: Final = options
        self._conversation: Conversation | None = None
        self._port = options.port

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    def start(self) -> None:
        """Check the host keys, bind, and start the process; raise ReceiverDown if any of it fails.

        Returns before the process is ready; the first ticket waits for that.
        """
        _check_host_keys(self._options.host_key)
        sockets = open_sockets(self._options.listen_addresses, self._options.port)
        try:
            self._port = int(sockets[0].getsockname()[1])
            self._conversation = Conversation(launch(self._options, sockets))
        finally:
            for one in sockets:
                one.close()

    def stop(self) -> None:
        """Let the process revoke every ticket and end; kill it when it does not."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def issue(
        self, file_name: str, folder: Path, peer: str | None, *, lifetime: float
    ) -> RemoteTicket:
        """Issue a ticket for one file that `peer` (None: anybody) may store in `folder`.

        `folder` must exist and be ours alone (0700). `lifetime` in seconds bounds when the transfer
        may begin. Raises ReceiverDown when the receiver is not running or its process has ended,
        ValueError for an unsafe name.
        """
        if self._conversation is None:
            raise ReceiverDown("the receiver is not running")
        return self._conversation.issue(file_name, folder, peer, lifetime=lifetime)


def _check_host_keys(path: Path) -> None:
    """Raise ReceiverDown for keys that the process could not use, and make those that are missing.

    Whatever is not plain to see is for the SSH library, which a run does not load for keys that it
    has used before.
    """
    if not are_whole(path):
        from vault.receiver.host_key import load_host_keys

        load_host_keys(path)

"""The run's side: start the receiver's process, ask it for tickets, replace it, and end it.

Host keys are checked and addresses bound here, so that every error about them is raised by `start`
while nobody has been contacted, and rights and sockets that systemd gave to the run need not be
passed on. The process imports what it needs meanwhile: conductors that connect early wait.

The sockets stay open here too: when a process is killed, perhaps by the kernel for want of memory,
the next one takes over who is connecting, and only the uploads that were under way are lost.
"""

from __future__ import annotations

import logging
import socket
import threading
from pathlib import Path
from typing import Final

from vault.receiver import ReceiverDown, ReceiverOptions
from vault.receiver.key_file import are_whole
from vault.receiver.sockets import open_sockets
from vault.receiver_process.conversation import Conversation
from vault.receiver_process.launch import launch
from vault.receiver_process.ticket import RemoteTicket

log = logging.getLogger(__name__)

REPLACEMENTS: Final = 3
"""How many processes of one run may end by themselves before it goes on without."""


class ReceiverProcess:
    """Receive in a process of its own what a ticket was issued for; start it once."""

    def __init__(self, options: ReceiverOptions) -> None:
        self._options: Final = options
        self._port = options.port
        self._changing = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._conversations: list[Conversation] = []

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
        with self._changing:
            self._sockets = sockets
            self._port = int(sockets[0].getsockname()[1])
            try:
                self._begin()
            except ReceiverDown:
                self._close_sockets()
                raise

    def stop(self) -> None:
        """Let the process revoke every ticket and end; kill it when it does not."""
        with self._changing:
            self._close_sockets()
            conversations, self._conversations = self._conversations, []
        for one in conversations:
            one.close()

    def issue(
        self, file_name: str, folder: Path, peer: str | None, *, lifetime: float
    ) -> RemoteTicket:
        """Issue a ticket for one file that `peer` (None: anybody) may store in `folder`.

        `folder` must exist and be ours alone (0700). `lifetime` in seconds bounds when the transfer
        may begin. Raises ReceiverDown when the receiver is not running or its process has ended,
        ValueError for an unsafe name.
        """
        with self._changing:
            if not self._conversations:
                raise ReceiverDown("the receiver is not running")
            conversation = self._conversations[-1]
        return conversation.issue(file_name, folder, peer, lifetime=lifetime)

    def _begin(self) -> None:
        child = launch(self._options, self._sockets)
        self._conversations.append(Conversation(child, self._replace))

    def _replace(self) -> None:
        """Start another process for one that was lost, unless too many were."""
        with self._changing:
            if self._sockets and len(self._conversations) <= REPLACEMENTS:
                try:
                    self._begin()
                except ReceiverDown as error:
                    log.warning("receiver: not started again: %s", error)
                else:
                    log.error("receiver: started again; its uploads are asked for once more")
                    return
            self._close_sockets()

    def _close_sockets(self) -> None:
        for one in self._sockets:
            one.close()
        self._sockets = []


def _check_host_keys(path: Path) -> None:
    """Raise ReceiverDown for keys that the process could not use, and make those that are missing.

    Whatever is not plain to see is for the SSH library, which a run does not load for keys that it
    has used before.
    """
    if not are_whole(path):
        from vault.receiver.host_key import load_host_keys

        load_host_keys(path)

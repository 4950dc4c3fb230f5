"""What can go wrong with a server that is not ours, below the receiver's own errors.

ReceiverDown
`-- ServerDown              the landing folder or the SFTP service cannot be used
    |-- HostKeyRefused      the server shows another host key than the one configured
    |-- ReadBackRefused     the server refuses the read-back account
    `-- PasswordMissing     a password is set nowhere
TransferError
|-- FileRefused             what lies there is no plain file
`-- ReadBackFailed          the server stopped answering while we looked
"""

from __future__ import annotations

from vault.receiver import ReceiverDown, TransferError


class ServerDown(ReceiverDown):
    """The server cannot be looked at."""

    code = "server-down"


class HostKeyRefused(ServerDown):
    """The server's host key is not the one that was configured."""

    code = "server-key"


class ReadBackRefused(ServerDown):
    """The server refuses the account that reads back."""


class PasswordMissing(ServerDown):
    """A password that is needed is set nowhere."""

    code = "secret-missing"


class FileRefused(TransferError):
    """What lies under the expected name is a link, a folder or something else."""

    code = "transfer-refused"


class ReadBackFailed(TransferError):
    """The server did not answer a request, or answered it with an error."""

    code = "server-down"

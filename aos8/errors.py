"""Everything that can go wrong between this program and a conductor's API.

    Aos8Error
    ├── TransportError
    │   ├── NameUnresolved      the name has no address; nothing was sent
    │   ├── Unreachable         no connection came about; nothing was sent
    │   ├── TlsFailed           the certificate or the handshake was refused; nothing was sent
    │   ├── ConnectionLost      cut after the request may have left; its outcome is unknown
    │   └── TimedOut            no whole answer in time; its outcome is unknown
    ├── SessionError
    │   ├── LoginRefused        user name or password; never to be tried again blindly
    │   ├── SessionLimit        the device's session table is full
    │   └── SessionExpired      the session is gone; `Aos8Client.login` starts a new one
    ├── NotPermitted            the account's role does not allow the call
    ├── DeviceError             the device says that the call failed
    │   └── DeviceBusy          it has no time for it now, and did nothing
    ├── Unsupported             this release does not know the object or command
    └── BadReply                the answer is none of this API's, so nothing is known

No error carries a secret: messages are redacted before an error is built, and errors are raised
outside of the handler of the foreign exception, so that no context with a URL or body hangs on.
"""

from __future__ import annotations

import re
from typing import ClassVar, Final

_BUSY: Final = re.compile(
    r"\bbusy\b|\bin progress\b|\btry (again )?later\b|\banother operation\b", re.IGNORECASE
)


class Aos8Error(Exception):
    """A call to a conductor that did not succeed; `code` is a key of `reasons.REMEDIES`."""

    code: ClassVar[str] = "bad-reply"


class TransportError(Aos8Error):
    """No usable answer came over the wire.

    `outcome_known` is true when the request certainly never reached the device, so that a repeat
    cannot do the same work twice.
    """

    code = "unreachable"
    outcome_known: ClassVar[bool] = False


class NameUnresolved(TransportError):
    """The host name has no address."""

    code = "name-unresolved"
    outcome_known = True


class Unreachable(TransportError):
    """No connection could be established within the connect timeout."""

    code = "unreachable"
    outcome_known = True


class TlsFailed(TransportError):
    """The TLS handshake failed or the certificate is not the expected one."""

    code = "tls-failed"
    outcome_known = True


class ConnectionLost(TransportError):
    """The connection ended before the whole answer had come."""

    code = "unreachable"


class TimedOut(TransportError):
    """The whole answer did not come in time."""

    code = "timeout"


class SessionError(Aos8Error):
    """There is no usable session."""

    code = "session-expired"


class LoginRefused(SessionError):
    """The device refused user name and password."""

    code = "login-refused"


class SessionLimit(SessionError):
    """The device has no session left to give."""

    code = "session-limit"


class SessionExpired(SessionError):
    """The device no longer knows the session."""

    code = "session-expired"


class NotPermitted(Aos8Error):
    """The account may not make this call."""

    code = "not-permitted"


class DeviceError(Aos8Error):
    """The device reports a failure; `words` is what it says, redacted, on one line."""

    code = "device-error"

    def __init__(self, message: str, *, words: str = "") -> None:
        super().__init__(message)
        self.words = words


class DeviceBusy(DeviceError):
    """The device refused the call for now, with words that say so; asking again does no harm."""

    code = "device-busy"


def failure(message: str, words: str) -> DeviceError:
    """Return the error for a call that the device says failed with these words."""
    return (DeviceBusy if _BUSY.search(words) else DeviceError)(message, words=words)


class Unsupported(Aos8Error):
    """This release lacks the object or command."""

    code = "unsupported"


class BadReply(Aos8Error):
    """The answer does not have the shape that this API's answers have."""

    code = "bad-reply"

"""Speak the REST API of ArubaOS 8 conductors; knows nothing of Nornir or of the vault."""

from aos8.certificate import Certificate, fetch_certificate
from aos8.client import Aos8Client
from aos8.envelope import ObjectReply
from aos8.errors import (
    Aos8Error,
    BadReply,
    ConnectionLost,
    DeviceBusy,
    DeviceError,
    LoginRefused,
    NameUnresolved,
    NotPermitted,
    SessionError,
    SessionExpired,
    SessionLimit,
    TimedOut,
    TlsFailed,
    TransportError,
    Unreachable,
    Unsupported,
)
from aos8.facts import FlashSpace, Identity
from aos8.listing import FlashFile
from aos8.options import Timeouts, Tls
from aos8.redact import mask_tokens
from aos8.show import ShowReply

__all__ = [
    "Aos8Client",
    "Tls",
    "Timeouts",
    "Certificate",
    "fetch_certificate",
    "Identity",
    "FlashSpace",
    "FlashFile",
    "ObjectReply",
    "ShowReply",
    "mask_tokens",
    "Aos8Error",
    "TransportError",
    "NameUnresolved",
    "Unreachable",
    "TlsFailed",
    "ConnectionLost",
    "TimedOut",
    "SessionError",
    "LoginRefused",
    "SessionLimit",
    "SessionExpired",
    "NotPermitted",
    "DeviceError",
    "DeviceBusy",
    "Unsupported",
    "BadReply",
]

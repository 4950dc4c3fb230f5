"""Task `transfer`: the conductor pushes one file; the vault's receipt is the proof that it came."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from nornir.core.inventory import Host
from nornir.core.task import Result, Task

from aos8 import Aos8Error, DeviceBusy, DeviceError
from fleet import shared_of
from settings import HostPolicy, policy_of
from tasks.addresses import push_address, resolve
from tasks.errors import HostKeyChanged, NotReceived, ReceiverUnreached
from tasks.patience import while_busy, with_session
from tasks.readable import Readable
from tasks.run import Run
from tasks.step import client_of, step
from tasks.unreached import told_unreached
from vault.inbox import Answer, Arrival, Expected, Remaining
from vault.receiver import NobodyConnected, ReceiverDown, TransferCut
from vault.receiver import NotReceived as NothingCame

logger = logging.getLogger(__name__)

ATTEMPTS = 2
HOST_KEY_WORDS = ("host identification has changed", "host key verification failed")
WORTH_ANOTHER = (
    TransferCut,
    DeviceError,
    NotReceived,
    NothingCame,
    ReceiverDown,
    ReceiverUnreached,
)


@dataclass(frozen=True, slots=True, repr=False)
class Received(Readable):
    """A file of this run in the vault's staging; `size` in bytes.

    `left_behind` says why the server keeps a copy that was to be removed, "" where it keeps none.
    With `remaining` the file itself stays on the server: nothing lies at `path`, and `sha256` is ""
    until somebody has read it.
    """

    device_name: str
    path: Path
    size: int
    sha256: str
    seconds: float
    left_behind: str = ""
    remaining: Remaining | None = None


@step
def transfer(task: Task, *, file_name: str, run: Run, may_stay: bool = False) -> Result:
    """Have `file_name` pushed from the conductor's flash into the staging of `run`.

    One that `may_stay` is left on the server where the settings say so.

    An upload that did not arrive is asked for once more with a new ticket; the file is not made
    again. Fails with the receiver's diagnosis when there is no receipt, whatever the device said.
    """
    deadline = shared_of(task.nornir).deadline(task.host.name)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            received = _push(task, file_name, run, may_stay=may_stay)
            return Result(task.host, result=received, changed=True)
        except WORTH_ANOTHER as error:
            last = attempt == ATTEMPTS or isinstance(error, DeviceBusy)
            if last or run.stop.is_set() or deadline.passed:
                raise
            logger.info("%s: %s; asking once more", task.host.name, error)
    raise AssertionError("unreachable: the last attempt returns or raises")


def ask_to_push(task: Task, file_name: str, expected: Expected, run: Run) -> Aos8Error | str | None:
    """Return the device's words, its error, or None where its answer was lost on the way.

    A busy device is asked again for as long as `busy_seconds` says.
    """
    client, policy = client_of(task), policy_of(task.host)
    address = push_address(task.host, policy, run.settings)

    def push() -> str:
        return client.copy_flash_scp(
            file_name, address, expected.username, expected.password, expected.destination
        ).status_str

    try:
        return while_busy(
            lambda: with_session(client, push),
            seconds=shared_of(task.nornir).deadline(task.host.name).cap(policy.busy_seconds),
            stop=run.stop,
        )
    except Aos8Error as error:
        return error if getattr(error, "outcome_known", True) else None


def _push(task: Task, file_name: str, run: Run, *, may_stay: bool) -> Received:
    policy = policy_of(task.host)
    started = time.monotonic()
    lifetime = shared_of(task.nornir).deadline(task.host.name).cap(policy.transfer_timeout)
    with run.inbox.issue(
        file_name,
        run.staging(task.host.name),
        _peer(task.host, policy),
        lifetime=lifetime,
        may_stay=may_stay,
    ) as expected:
        if expected.stays_at is not None:
            run.vault.note_on_server(task.host.name, run.run_id, expected.stays_at)
        words = ask_to_push(task, file_name, expected, run)
        left = lifetime - (time.monotonic() - started)
        arrival = expected.wait(left, _answer(words))
        if arrival is None:
            raise _why_not(task.host, run, file_name, expected, words)
    if isinstance(words, Aos8Error):
        logger.info("%s: received, though the device says: %s", task.host.name, words)
    logger.info("%s: received %s, %d bytes", task.host.name, file_name, arrival.size)
    return _received(file_name, arrival, time.monotonic() - started)


def _answer(words: Aos8Error | str | None) -> Answer:
    if words is None:
        return Answer.LOST
    return Answer.REFUSED if isinstance(words, Aos8Error) else Answer.SENT


def _is_about_the_host_key(error: Aos8Error) -> bool:
    """Recognise what OpenSSH says when a server's key is not the remembered one."""
    return any(words in str(error).lower() for words in HOST_KEY_WORDS)


def _why_not(
    host: Host, run: Run, file_name: str, expected: Expected, words: Aos8Error | str | None
) -> Exception:
    seen = expected.error()
    if seen is not None and seen.code != NotReceived.code:
        return seen
    if isinstance(words, Aos8Error):
        if _is_about_the_host_key(words):
            return HostKeyChanged(str(words))
        nobody = isinstance(seen, NobodyConnected)
        return told_unreached(words, host, run.settings) if nobody else words
    said = f"the conductor says {words!r}" if words else "the conductor's answer was lost"
    return NotReceived(f"{file_name} did not arrive; {said}")


def _received(file_name: str, arrival: Arrival, seconds: float) -> Received:
    return Received(
        file_name,
        arrival.path,
        arrival.size,
        arrival.sha256,
        seconds,
        arrival.left_behind,
        arrival.remaining,
    )


def _peer(host: Host, policy: HostPolicy) -> str | None:
    if policy.pushes_from == "any":
        return None
    return resolve(host.hostname or "") if policy.pushes_from == "same" else str(policy.pushes_from)

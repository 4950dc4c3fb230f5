"""Have a conductor push its running configuration, to see that the way into the vault is open."""

from __future__ import annotations

import hashlib
import logging

from nornir.core.task import Task

from fleet import shared_of
from settings.policy import ArtefactKind
from tasks.clean_up import CLEAN_UP_SECONDS, Removed, clean_up
from tasks.device_file import DeviceFile
from tasks.errors import NotReceived
from tasks.names import device_name
from tasks.on_device import OnDevice
from tasks.run import Run
from tasks.running_config import copy_running_config
from tasks.send import send
from tasks.transfer import Received, transfer
from vault.store import VaultError

logger = logging.getLogger(__name__)


def try_push(task: Task, run: Run) -> Received | None:
    """Return the receipt of a file that came whole, None where nobody can look at the server.

    What was made on the device and in staging is removed on every path, and so is what earlier
    runs left on the device. Raises what the steps of a backup raise.
    """
    on_device = OnDevice(run.vault, task.host.name)
    on_device.recall()
    name = device_name(ArtefactKind.RUNNING_CONFIG, run.run_id, run.token)
    on_device.about_to_make(name)
    try:
        made: DeviceFile = task.run(task=copy_running_config, file_name=name)[0].result
        if not run.inbox.verifies:
            task.run(task=send, file_name=made.name, run=run)
            return None
        received: Received = task.run(task=transfer, file_name=made.name, run=run)[0].result
        _demand_whole(received)
        return received
    finally:
        _remove(task, run, on_device)


def _demand_whole(received: Received) -> None:
    """Read the file again: what lies in the vault must be what the receipt says."""
    with received.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    if size != received.size or digest != received.sha256 or not size:
        raise NotReceived(f"{received.device_name}: {size} bytes in staging are not its receipt's")


def _remove(task: Task, run: Run, on_device: OnDevice) -> None:
    name = task.host.name
    shared_of(task.nornir).grant(name, CLEAN_UP_SECONDS)
    try:
        removed: Removed = task.run(task=clean_up, file_names=on_device.names)[0].result
        on_device.gone_but(removed.left_over)
    except Exception as error:  # noqa: BLE001 - what is left stays recorded, and is reported
        logger.warning("%s: not cleaned up: %s", name, error)
    try:
        run.vault.drop_staging(run.run_id, name)
    except VaultError as error:
        logger.warning("%s: staging not cleared: %s", name, error)

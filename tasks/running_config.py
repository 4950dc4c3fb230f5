"""Task `copy_running_config`: the conductor writes its running configuration to its flash."""

from __future__ import annotations

from nornir.core.task import Result, Task

from settings.policy import ArtefactKind
from tasks.device_file import DeviceFile
from tasks.making import made
from tasks.names import fresh_name
from tasks.step import client_of, step


@step
def copy_running_config(task: Task, *, file_name: str = "") -> Result:
    """Write the running configuration to flash as `file_name`, by default a fresh unique name."""
    name = file_name or fresh_name(ArtefactKind.RUNNING_CONFIG)
    client = client_of(task)

    def write() -> str:
        client.copy_running_flash(name)
        return name

    made(task, client, write, (name,), before={})
    return Result(task.host, result=DeviceFile(ArtefactKind.RUNNING_CONFIG, name), changed=True)

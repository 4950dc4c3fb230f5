from __future__ import annotations

from tests.emulator.conftest import Start
from tests.support.emulated import ScpServer, push


def test_push_whole_file_is_acknowledged_and_identical(start: Start, scp_server: ScpServer) -> None:
    client = start(scp_port=scp_server.port)
    client.post("flash_backup", backup_flash="flash", filename="bk")

    reply = push(client, scp_server, "bk.tar.gz")

    assert reply["_global_result"]["status_str"] == "File uploaded successfully"
    assert (scp_server.folder / "bk.tar.gz").read_bytes() == client.conductor.flash["bk.tar.gz"]

"""How a pretend conductor behaves where releases differ or where nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import ConfigDict

Profile = Literal["8.2", "8.6", "8.10"]
NO_OTHER_KEYS: Final[ConfigDict] = {"extra": "forbid"}
Role = Literal["conductor", "master", "standby", "md"]
ScpAlgorithms = Literal["modern", "old", "fips", "ancient"]


@dataclass(frozen=True, slots=True)
class Knobs:
    """One value for each point on which real devices differ; the defaults are those of 8.10.

    - `bad_login`: the answer to a wrong password.
    - `token`: the form of the session value, a UUID or 36 characters of base64.
    - `csrf`: `absent` gives no X-CSRF-Token at login and wants UIDARUBA in the query, `optional`
      takes either, `required` takes the header only. The cookie is always needed.
    - `no_token_status`: the HTTP status when the cookie is good and the token is not.
    - `rotate`: what later answers set as the SESSION cookie; `none` sets it at login only.
    - `filename`: what becomes of the member of that name in flash_backup: `ignored` leaves it out
      of the answer, `renamed` answers the name really used, `misnamed` echoes the name asked for
      although the default name was used, `rejected` fails.
    - `listing`: where the answer of list_sorted_dir holds the listing; `absent`: unknown object.
    - `copy_failure`: the status beside the failure text of a copy.
    - `scp_algorithms`: what the SCP client offers; `old` is an OpenSSH of about 2016, `fips` has
      group14, AES-CBC and SHA-1 only, `ancient` group1 and 3DES, `modern` an OpenSSH of
      today without what needs more than asyncssh itself (ML-KEM, SNTRUP, UMAC).
    - `standby_writes`: whether a standby takes calls that change it.
    """

    __pydantic_config__ = NO_OTHER_KEYS

    bad_login: Literal["401-json", "200-json", "401-html"] = "401-json"
    token: Literal["uuid", "base64"] = "base64"
    csrf: Literal["required", "optional", "absent"] = "optional"
    no_token_status: Literal[401, 403] = 403
    rotate: Literal["none", "same", "new-keep-old", "new-drop-old"] = "same"
    session_cap: Literal[401, 403] = 401
    expired: Literal["401-json", "401-empty", "200-html"] = "401-json"
    object_status: Literal["int", "string"] = "int"
    nested_result: Literal["present", "missing"] = "present"
    unknown_object: Literal["200-ERROR", "404-json"] = "200-ERROR"
    bad_data: Literal["200-Error", "400", "status-1"] = "200-Error"
    filename: Literal["honoured", "ignored", "renamed", "misnamed", "rejected"] = "honoured"
    listing: Literal["status_str", "data", "member", "absent"] = "status_str"
    show_dir: bool = False
    show_type: Literal["json", "text", "pseudo-xml"] = "json"
    echo_passwd: bool = True
    copy_failure: Literal["status-1", "status-0"] = "status-1"
    delete_object: Literal["known", "unknown"] = "known"
    tar_clean: Literal["only-flash", "all-tar"] = "only-flash"
    redundancy_command: Literal["master", "conductor"] = "conductor"
    sys_info: bool = True
    standby_writes: Literal["accepted", "refused"] = "refused"
    known_hosts: Literal["first-use", "ignored"] = "first-use"
    scp_algorithms: ScpAlgorithms = "old"


PROFILES: Final[dict[Profile, Knobs]] = {
    "8.2": Knobs(
        token="uuid",
        csrf="absent",
        rotate="none",
        filename="ignored",
        listing="absent",
        redundancy_command="master",
        sys_info=False,
    ),
    "8.6": Knobs(csrf="absent", rotate="none", redundancy_command="master"),
    "8.10": Knobs(),
}

VERSIONS: Final[dict[Profile, str]] = {
    "8.2": "8.2.2.2_66002",
    "8.6": "8.6.0.5_75979",
    "8.10": "8.10.0.7_86118",
}

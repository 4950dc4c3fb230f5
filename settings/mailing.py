"""Settings of the e-mail."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from settings.base import GivenPath, Port, Strict


class MailSecurity(StrEnum):
    """How the connection to the mail relay is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailSettings(Strict):
    """The e-mail with the report of each run. Without this part no mail is sent."""

    host: str = Field(min_length=1, description="Host name or address of the mail relay.")
    port: Port | None = Field(
        None, description="Port of the relay. Default: 25, 587 with starttls, 465 with tls."
    )
    security: MailSecurity = Field(
        MailSecurity.STARTTLS,
        description="`none`, `starttls` or `tls`. STARTTLS is demanded, never only tried.",
    )
    sender: str = Field(description="Address in From.")
    recipients: list[str] = Field(min_length=1, description="Addresses that get the report.")
    login: bool = Field(
        False,
        description="Log in to the relay with the user name and password of the secrets.",
    )
    ca_file: GivenPath | None = Field(
        None, description="PEM file of the authority that signed the relay's certificate."
    )
    timeout_seconds: float = Field(
        30, gt=0, description="Longest wait for any one answer of the relay."
    )
    subject_prefix: str = Field("[conductor backup]", description="First words of the subject.")

    @field_validator("sender", "recipients")
    @classmethod
    def _looks_like_an_address(cls, value: str | list[str]) -> str | list[str]:
        for address in [value] if isinstance(value, str) else value:
            name, at, domain = address.rpartition("@")
            if not (name and at and domain) or any(c.isspace() for c in address):
                raise ValueError(f'"{address}" is not an e-mail address')
        return value

    @model_validator(mode="after")
    def _login_is_protected(self) -> MailSettings:
        if self.login and self.security is MailSecurity.NONE:
            raise ValueError("login needs security: starttls or tls; a password is never sent bare")
        return self

    @property
    def effective_port(self) -> int:
        """The port that is used: the one set, else the usual one of `security`."""
        usual = {MailSecurity.NONE: 25, MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465}
        return self.port or usual[self.security]

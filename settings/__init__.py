"""Typed settings: everything an operator may write, checked before anything runs."""

from settings.loader import Configuration, load_configuration
from settings.mailing import MailSettings
from settings.model import Settings
from settings.policy import HostPolicy, policy_of
from settings.problems import ConfigurationError, Problem
from settings.receiving import ReceiverSettings

__all__ = [
    "Configuration",
    "ConfigurationError",
    "HostPolicy",
    "MailSettings",
    "Problem",
    "ReceiverSettings",
    "Settings",
    "load_configuration",
    "policy_of",
]

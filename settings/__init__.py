"""Typed settings: everything an operator may write, checked before anything runs."""

from settings.loader import Configuration, load_configuration
from settings.model import MailSettings, ReceiverSettings, Settings
from settings.policy import HostPolicy, policy_of
from settings.problems import ConfigurationError, Problem

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

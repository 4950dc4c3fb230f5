"""Compose a report as a mail, send it over verified TLS, and keep copies to look at."""

from reporting.mail.deliver import Delivery, MailOptions, Security, probe, send
from reporting.mail.html import render_html
from reporting.mail.message import compose
from reporting.mail.preview import write_preview
from reporting.mail.spool import Spool

__all__ = [
    "compose",
    "render_html",
    "MailOptions",
    "Security",
    "Delivery",
    "send",
    "probe",
    "write_preview",
    "Spool",
]

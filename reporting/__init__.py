"""Turn what is known about a run into a table, JSON and mail; knows nothing of Nornir."""

from reporting.errors import AddressError, MailNotSent, ReportingError, ReportWriteError
from reporting.json_report import dump_json, to_json
from reporting.last_proven import LastProven
from reporting.pairs import Pairs, Past
from reporting.report import Report, RunInfo, SelectedHost, build_report
from reporting.summary import summary_line
from reporting.table import print_table, render_table

__all__ = [
    "Report",
    "RunInfo",
    "SelectedHost",
    "build_report",
    "Pairs",
    "Past",
    "LastProven",
    "render_table",
    "print_table",
    "summary_line",
    "to_json",
    "dump_json",
    "ReportingError",
    "ReportWriteError",
    "AddressError",
    "MailNotSent",
]

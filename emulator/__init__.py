"""Pretend conductors for demo, tests and benchmarks; imports nothing else of the project."""

from emulator.conductor import Conductor
from emulator.errors import EmulatorError, FleetDownError, FleetFileError
from emulator.fault_catalogue import fault_catalogue
from emulator.faults import Fault
from emulator.fleet import Fleet
from emulator.fleet_file import load_fleet
from emulator.knobs import PROFILES, Knobs
from emulator.spec import (
    ConductorSpec,
    ContentSpec,
    Credentials,
    Delays,
    FlashSpec,
    Identity,
)

__all__ = [
    "Fleet",
    "load_fleet",
    "Conductor",
    "ConductorSpec",
    "ContentSpec",
    "Credentials",
    "Delays",
    "Fault",
    "fault_catalogue",
    "FlashSpec",
    "Identity",
    "Knobs",
    "PROFILES",
    "EmulatorError",
    "FleetDownError",
    "FleetFileError",
]

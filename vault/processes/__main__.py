"""Where a process beside the run begins: `__main__.py MODULE DESCRIPTOR`; nobody else starts it.

The path of modules is taken from this file, so that neither the current directory nor the
environment decides what is imported. Signals are for the run, which ends this process when it is
done: a terminal or a service manager sends them to both.
"""

from __future__ import annotations

import gc
import signal
import sys
from importlib import import_module
from pathlib import Path

if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    module = import_module(sys.argv[1])
    # Next to nothing here becomes garbage in a circle: do not look for it often, nor in what was
    # imported, nor at the end.
    gc.freeze()
    gc.set_threshold(10_000)
    module.serve(int(sys.argv[2]))
    gc.freeze()

"""One event loop in a thread of its own, for calls from many threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotInTime
from typing import Any, Final, TypeVar

T = TypeVar("T")
_STOP_SECONDS: Final = 10.0


class LoopThread:
    """Run coroutines for threads that block until they are done."""

    def __init__(self, name: str) -> None:
        self._name: Final = name
        self._running: tuple[asyncio.AbstractEventLoop, threading.Thread] | None = None

    def start(self) -> None:
        """Start the thread."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=_run, args=(loop,), name=self._name, daemon=True)
        self._running = loop, thread
        thread.start()

    def call(self, work: Coroutine[Any, Any, T], timeout: float) -> T:
        """Return the result of `work`; raise `TimeoutError` when it takes longer than `timeout`.

        Raises `ConnectionAbortedError` when the loop is stopped meanwhile.
        """
        if self._running is None:
            work.close()
            raise ConnectionAbortedError("the connection was closed")
        future = asyncio.run_coroutine_threadsafe(work, self._running[0])
        try:
            return future.result(timeout)
        except NotInTime:
            future.cancel()
            raise TimeoutError(f"no answer within {timeout:g} seconds") from None
        except CancelledError:
            raise ConnectionAbortedError("the connection was closed") from None

    def stop(self) -> None:
        """Cancel what is under way and end the thread."""
        if self._running is None:
            return
        loop, thread = self._running
        self._running = None
        asyncio.run_coroutine_threadsafe(_cancel_others(), loop).result(_STOP_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_STOP_SECONDS)
        loop.close()


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)

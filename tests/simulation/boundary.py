"""Every call that leaves the process, counted; a fault strikes at one, before its effect or after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ReadTimeoutError

from chalicelib.kernel.outside import ProcessorTimeout
from tests.soak.store import Store


class Killed(BaseException):
    """The process is gone: nothing catches this."""


@dataclass(frozen=True)
class Fault:
    """At the n-th call (from 1). `kill` ends the process; else the caller hears nothing and goes on."""

    at: int
    after: bool
    kill: bool = True


@dataclass
class Boundary:
    """`calls` names every call made so far, e.g. "dynamodb TransactWriteItems"; `struck` those of faults."""

    store: Store = field(default_factory=Store)
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """An empty table, nothing called yet, no faults."""
        self.store, self.faults, self.calls, self.struck = Store(), [], [], []

    def cross(self, name: str, call: Callable[[], Any]) -> Any:
        self.calls.append(name)
        place = len(self.calls)
        fault = next((fault for fault in self.faults if fault.at == place), None)
        if fault and not fault.after:
            self._strike(fault, name)
        answer = call()
        if fault and fault.after:
            self._strike(fault, name)
        return answer

    def _strike(self, fault: Fault, name: str) -> None:
        self.struck.append(name)
        if fault.kill:
            raise Killed
        if name.startswith("dynamodb"):
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1:9")
        raise ProcessorTimeout(name)

    def around(self, inner: Any, *methods: str) -> Any:
        """The same object, its named methods counted."""
        return _Around(self, inner, methods)


class _Around:
    def __init__(self, boundary: Boundary, inner: Any, methods: tuple[str, ...]) -> None:
        self._boundary, self._inner, self._methods = boundary, inner, methods

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._methods:
            return found
        what = f"{type(self._inner).__name__} {name}"
        return lambda *args, **kwargs: self._boundary.cross(what, lambda: found(*args, **kwargs))

"""What the command prints: sentences, or with --json one JSON object a line, each with its `event`."""

import json
import sys
import threading
from collections.abc import Mapping
from typing import TextIO

from chalicelib.domain.imports.problems import Problem
from chalicelib.domain.money import Money, decimal_text
from chalicelib.services.importing.progress import Progress
from chalicelib.words.errors import WORDS
from chalicelib.words.imports import IMPORTS

OK, REFUSED, USAGE, UNAVAILABLE, PARTLY = 0, 1, 2, 3, 4
_BAR_WIDTH = 32
_CLEAR_LINE = "\r\x1b[2K"


class Output:
    """Results go to standard output; progress to standard error, or among the JSON lines."""

    def __init__(self, *, as_json: bool, language: str = "en") -> None:
        self.as_json = as_json
        self.language = language
        self.currency = "USD"  # of the practice, once the command has read it

    def tell(self, event: str, text: str, **fields: object) -> None:
        print(
            json.dumps({"event": event, **fields}, ensure_ascii=False) if self.as_json else text, flush=True
        )

    def complain(self, code: str, text: str, **fields: object) -> None:
        """Why nothing, or not all, was done."""
        if self.as_json:
            self.tell("error", text, code=code, message=text, **fields)
        else:
            print(f"billfold: {text}", file=sys.stderr, flush=True)

    def problem(self, problem: Problem, currency: str) -> None:
        self.currency = currency
        words = self.words(problem.code, problem.details)
        place = ", ".join(
            part
            for part in (problem.file, f"row {problem.row}" if problem.row else "", problem.column)
            if part
        )
        self.tell(
            "problem", f"{place}: {words} [{problem.code}]", file=problem.file, row=problem.row,
            column=problem.column, code=problem.code, message=words,
        )  # fmt: skip

    def words(self, code: str, details: Mapping[str, object]) -> str:
        pair = IMPORTS.get(code) or WORDS[code]
        text = pair[1 if self.language == "es" else 0].format(**details)
        remainder = details.get("remainder_minor")
        if isinstance(remainder, int):
            text += f" ({decimal_text(Money(remainder, self.currency))})"
        return text

    def progress(self) -> Progress:
        if self.as_json:
            return JsonProgress(self)
        return Bar(sys.stderr)


class Counting(Progress):
    """Counts under a lock: accounts are written from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.phase, self.done, self.total = "", 0, 0

    def start(self, phase: str, total: int) -> None:
        with self._lock:
            self.phase, self.done, self.total = phase, 0, total
            self._show()

    def advance(self, count: int = 1) -> None:
        with self._lock:
            before, self.done = self.done, self.done + count
            if self._percent(before) != self._percent(self.done):
                self._show()

    def _percent(self, done: int) -> int:
        return 100 * done // self.total if self.total else 100

    def _show(self) -> None:
        raise NotImplementedError


class Bar(Counting):
    """A bar on a terminal; nothing where standard error is a file or a pipe."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._visible = stream.isatty()

    def _show(self) -> None:
        if not self._visible or not self.total:
            return
        filled = _BAR_WIDTH * self.done // self.total
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        self._stream.write(f"{_CLEAR_LINE}{self.phase} {bar} {self._percent(self.done):3d} %")
        if self.done >= self.total:
            self._stream.write(_CLEAR_LINE)
        self._stream.flush()


class JsonProgress(Counting):
    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output

    def _show(self) -> None:
        self._output.tell("progress", "", phase=self.phase, done=self.done, total=self.total)

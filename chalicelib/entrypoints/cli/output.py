"""What the command prints: sentences, or with --json one JSON object a line, each with its `event`."""

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import TextIO

from chalicelib.importing.domain.problems import Problem, inert
from chalicelib.importing.services.progress import Progress
from chalicelib.kernel.money import Money, decimal_text, like
from chalicelib.words import say
from chalicelib.words.cli.drops import DROP_PROBLEMS
from chalicelib.words.cli.import_report import IMPORT_REPORT, PHASES, counted
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.cli.mapping_errors import MAPPING_ERRORS
from chalicelib.words.cli.reading import UNREADABLE
from chalicelib.words.codes import CODES
from chalicelib.words.errors import WORDS

OK, REFUSED, USAGE, UNAVAILABLE, PARTLY = 0, 1, 2, 3, 4
_BAR_WIDTH = 32
_SAID = (IMPORTS, MAPPING_ERRORS, UNREADABLE, CODES, DROP_PROBLEMS)
_SAYING = 2  # seconds, from which on what is done says how long the rest will take
_CLEAR_LINE = "\r\x1b[2K"


def how_many(count: int, one: str, many: str) -> str:
    """One account, two accounts."""
    return f"{count} {one if count == 1 else many}"


def amount_text(amount_minor: int, currency: str) -> str:
    """150.00 USD."""
    return f"{decimal_text(Money(amount_minor, currency))} {currency}"


class OutputLost(Exception):
    """Whoever reads what is printed has gone, or the disk it goes to is full; the text says why."""


class Output:
    """Results go to standard output; progress to standard error, or among the JSON lines."""

    def __init__(self, *, as_json: bool, language: str = "en") -> None:
        self.as_json = as_json
        self.language = language
        self.currency = "USD"  # of the practice, once the command has read it

    def tell(self, event: str, text: str, /, **fields: object) -> None:
        """Fields may have any name but `event`."""
        said = dict(event=event, **fields)
        self.line(json.dumps(said, ensure_ascii=False) if self.as_json else _inert(text))

    def line(self, text: str) -> None:
        """The text as it is, with --json too: a line of a file that is printed. Error: OutputLost."""
        try:
            print(text.encode(errors="backslashreplace").decode(), flush=True)
        except OSError as error:
            _print_no_more()
            raise OutputLost(error.strerror if not isinstance(error, BrokenPipeError) else "") from error

    def complain(self, code: str, text: str, /, **fields: object) -> None:
        """Why nothing, or not all, was done. Fields may have any name but `code` and `message`."""
        if self.as_json:
            self.tell("error", text, code=code, message=text, **fields)
        else:
            print(f"billfold: {_inert(text)}", file=sys.stderr, flush=True)

    def problem(self, problem: Problem, currency: str, *, more: int = 0) -> None:
        """`more`: how many rows have the same problem in the same column and are not shown."""
        self.currency = currency
        words = self.words(problem.code, problem.details)
        self._tell_at("problem", problem, words, f"{words} [{problem.code}]", more)

    def warning(self, warning: Problem, *, more: int = 0) -> None:
        """What does not keep anything from being done. `more` as in `problem`."""
        words = self.words(warning.code, warning.details)
        said = say(IMPORT_REPORT, "warning", self.language, doubt=words)
        self._tell_at("warning", warning, words, f"{said} [{warning.code}]", more)

    def _tell_at(self, event: str, at: Problem, words: str, said: str, more: int) -> None:
        row = say(IMPORT_REPORT, "row", self.language, row=str(at.row)) if at.row else ""
        place = ", ".join(part for part in (inert(at.file), row, inert(at.column)) if part)
        others = f" {counted('more_like_it', more, self.language)}" if more else ""
        self.tell(
            event, f"{place}: {said}{others}", file=at.file, row=at.row, column=at.column, code=at.code,
            message=words,
        )  # fmt: skip

    def words(self, code: str, details: Mapping[str, object]) -> str:
        said = (words[code] for words in _SAID if code in words)
        pair = next(said, None) or WORDS[code]
        sentence, remainder = pair[1 if self.language == "es" else 0], details.get("remainder_minor")
        left = decimal_text(Money(remainder, self.currency)) if isinstance(remainder, int) else ""
        text = sentence.format(**{"like": like(self.currency), "left": left, **details})
        return f"{text} ({left})" if left and "{left}" not in sentence else text

    def interrupted(self) -> None:
        """^C stands on the terminal's line; what is said of it has one of its own."""
        if sys.stderr.isatty():
            print(file=sys.stderr)
        self.complain("interrupted", "stopped. Run the same command again to finish.")

    def progress(self) -> Progress:
        if self.as_json:
            return JsonProgress(self)
        return Bar(sys.stderr, self.language)


def _inert(text: str) -> str:
    """Names of files come from elsewhere: nothing printed moves the cursor but the ends of its own lines."""
    return "\n".join(map(inert, text.split("\n")))


def _print_no_more() -> None:
    """Else Python tries to flush the rest as it ends, and prints a traceback of that."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


class Counting(Progress):
    """Counts under a lock: accounts are written from several threads. `seconds` is a clock that only goes."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._seconds = threading.Lock(), seconds
        self.phase, self.done, self.total, self._began = "", 0, 0, 0.0

    def start(self, phase: str, total: int) -> None:
        with self._lock:
            self.phase, self.done, self.total, self._began = phase, 0, total, self._seconds()
            self._show()

    @property
    def seconds_left(self) -> int | None:
        """As fast as until now; None while that says too little."""
        took = self._seconds() - self._began
        known = took >= _SAYING and 0 < self.done <= self.total
        return math.ceil(took * (self.total - self.done) / self.done) if known else None

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

    def __init__(
        self, stream: TextIO, language: str = "en", seconds: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(seconds)
        self._stream, self._language = stream, language
        self._visible = stream.isatty()

    def _show(self) -> None:
        if not self._visible or not self.total:
            return
        filled = _BAR_WIDTH * self.done // self.total
        bar = "█" * filled + "░" * (_BAR_WIDTH - filled)
        phase = say(PHASES, self.phase, self._language)
        counts = say(IMPORT_REPORT, "of", self._language, done=f"{self.done:,}", total=f"{self.total:,}")
        left, line = self.seconds_left, f"{phase} {bar} {self._percent(self.done):3d} %, {counts}"
        if left is not None:
            line += f", {say(IMPORT_REPORT, 'left', self._language, time=f'{left // 60}:{left % 60:02d}')}"
        self._stream.write(f"{_CLEAR_LINE}{line}")
        if self.done >= self.total:
            self._stream.write(_CLEAR_LINE)
        self._stream.flush()


class JsonProgress(Counting):
    def __init__(self, output: Output, seconds: Callable[[], float] = time.monotonic) -> None:
        super().__init__(seconds)
        self._output = output

    def _show(self) -> None:
        counts = {"phase": self.phase, "done": self.done, "total": self.total}
        self._output.tell("progress", "", **counts, seconds_left=self.seconds_left)

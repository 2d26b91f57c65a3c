"""A deployment's stored format, and what its functions read, in SSM Parameter Store.

`<prefix>/format`: the number in force, and since when; nothing there is format 1. `<prefix>/release`: JSON of
what `infra.deploy` deployed last.
"""

import json

from chalicelib.kernel import stored_format
from chalicelib.kernel.stored_format import InForce
from chalicelib.platform.keys import Parameters
from chalicelib.platform.ports import Formats

_FORMAT, _RELEASE = "format", "release"


class FormatParameters(Formats):
    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def in_force(self) -> InForce:
        text = self._parameters.read(_FORMAT)
        return InForce(*map(int, text.split())) if text else InForce()

    def put_in_force(self, format_: int, at: int) -> None:
        self._parameters.write(_FORMAT, f"{format_} {at}")

    def read_by_functions(self) -> tuple[int, ...]:
        text = self._parameters.read(_RELEASE)
        return tuple(json.loads(text)["reads"]) if text else ()

    def written(self) -> int:
        """For stores. Errors: Busy; Refused format_unread."""
        return stored_format.check_read(self.in_force().format)

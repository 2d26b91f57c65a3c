"""A processor's keys, as they are typed: on standard input, where no other user of the machine sees them."""

import getpass
import sys
from collections.abc import Sequence

from chalicelib.entrypoints.cli.output import REFUSED, Output
from chalicelib.entrypoints.cli.practice.practice_entries import Fault


def typed_keys(names: Sequence[str]) -> dict[str, str]:
    """One NAME=value a line; on a terminal each is asked for."""
    if sys.stdin.isatty():
        return {name: getpass.getpass(f"{name}: ").strip() for name in names}
    pairs = (line.partition("=") for line in sys.stdin.read().splitlines())
    return {
        name.strip(): value.strip().strip("\"'")
        for name, mark, value in pairs
        if mark and name.strip() in names
    }


def refused(output: Output, faults: Sequence[Fault]) -> int:
    """Say what is wrong with them; the command's status."""
    for fault in faults:
        output.tell("problem", f"{fault.field}: {fault.text}", field=fault.field, message=fault.text)
    output.tell("refused", "Nothing was written.", problems=len(faults))
    return REFUSED

"""Which Lambda runtime is packed for, and how pip is told so.

The runtime is that of the Python that packs, because only it can compile bytecode for itself. x86_64, because
then the functions that are deployed are those that the tests ran, byte for byte, on the machines most people
and CI have; arm64 costs a fifth less and is one word here and one in .chalice/config.json.
"""

import platform
import sys
from dataclasses import dataclass

ARCHITECTURE = "x86_64"

# Minor version of Python 3 -> of glibc 2 in its runtime: Amazon Linux 2, then 2023.
_RUNTIMES = {11: 26, 12: 34, 13: 34, 14: 34}
_OLDEST_GLIBC = 17
_AS_WHEELS_SAY = {"x86_64": "x86_64", "arm64": "aarch64"}


class PackageError(Exception):
    """Packing is not possible; the text says why in a line."""


@dataclass(frozen=True, slots=True)
class Target:
    """`minor` is Python 3's, `architecture` as Lambda says it; native means this machine's wheels."""

    minor: int
    architecture: str
    native: bool

    @property
    def runtime(self) -> str:
        return f"python3.{self.minor}"

    def pip_options(self) -> list[str]:
        """So that pip takes wheels of the target, on any machine; never a source distribution."""
        if self.native:
            return ["--only-binary=:all:"]
        machine = _AS_WHEELS_SAY[self.architecture]
        glibcs = [f"_2_{minor}" for minor in range(_RUNTIMES[self.minor], _OLDEST_GLIBC - 1, -1)]
        platforms = [f"--platform=manylinux{glibc}_{machine}" for glibc in (*glibcs, "2014")]
        return ["--only-binary=:all:", "--implementation=cp", f"--python-version=3.{self.minor}", *platforms]


def of_this_python(*, native: bool = False) -> Target:
    """Error: PackageError where Lambda has no such Python."""
    minor = sys.version_info.minor
    if minor not in _RUNTIMES:
        known = ", ".join(f"3.{known}" for known in _RUNTIMES)
        raise PackageError(
            f"Lambda has no Python 3.{minor}. Pack with one of {known}:"
            f" make clean, then make PYTHON=python3.{max(_RUNTIMES)} package."
        )
    machine = platform.machine()
    here = {"aarch64": "arm64"}.get(machine, machine)
    return Target(minor, here if native else ARCHITECTURE, native)

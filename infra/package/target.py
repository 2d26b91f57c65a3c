"""Which Lambda runtime is packed for, and how pip is told so.

The runtime is that of the Python that packs, because only it can compile bytecode for itself. x86_64, because
then the functions that are deployed are the ones the tests ran, byte for byte, on the machines most people
and CI have; arm64 costs a fifth less and is one line here and one in .chalice/config.json.
"""

import platform
import sys
from dataclasses import dataclass

ARCHITECTURE = "x86_64"

# Minor version of Python -> minor version of glibc 2 in its runtime: Amazon Linux 2, then 2023.
_RUNTIMES = {11: 26, 12: 34, 13: 34, 14: 34}


class PackageError(Exception):
    """Packing is not possible; the text says why in a line."""


@dataclass(frozen=True, slots=True)
class Target:
    """`minor` is Python 3's; a native target takes wheels of the machine that packs."""

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
        tags = [f"manylinux_2_{glibc}_{self.architecture}" for glibc in range(_RUNTIMES[self.minor], 16, -1)]
        platforms = [f"--platform={tag}" for tag in (*tags, f"manylinux2014_{self.architecture}")]
        return ["--only-binary=:all:", "--implementation=cp", f"--python-version=3.{self.minor}", *platforms]


def of_this_python(*, native: bool = False) -> Target:
    """Error: PackageError where Lambda has no such Python."""
    if sys.version_info.minor not in _RUNTIMES:
        known = ", ".join(f"3.{minor}" for minor in _RUNTIMES)
        raise PackageError(
            f"Lambda has no Python 3.{sys.version_info.minor}. Pack with one of {known}:"
            " make clean, then make PYTHON=python3.14 package."
        )
    return Target(sys.version_info.minor, platform.machine() if native else ARCHITECTURE, native)

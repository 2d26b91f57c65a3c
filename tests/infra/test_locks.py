"""A lock follows from its input, names everything by its bytes, and nothing else is installed.

Offline: names, versions, who wants what. That the hashes are those of PyPI's files shows at every set-up.
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from infra.locks.__main__ import ALONE, INPUTS, ROOT, lock_of
from infra.locks.reading import LockInvalid, Pin, normal, read
from infra.package import layers

LOCKS = tuple(map(lock_of, INPUTS))
FUNCTIONS = ("requirements-api.in", *(f"requirements-{name}.in" for name in layers.NAMES))
# The environment of the tests takes these in whole.
WITHIN = tuple(map(lock_of, (*FUNCTIONS, "requirements.in")))
# Where functions are packed, and where they run.
MACHINES = [
    {
        "sys_platform": system.lower(),
        "platform_system": system,
        "platform_machine": machine,
        "os_name": "posix",
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.1",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for system, machine in (("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"))
    for minor in (11, 12, 13, 14)
]


def pins_of(given: str) -> Mapping[str, Pin]:
    pins = read(ROOT / lock_of(given))
    assert len({pin.name for pin in pins}) == len(pins), "a package in two versions"
    return {pin.name: pin for pin in pins}


def asked_by(file: Path) -> Iterator[tuple[str, str, str]]:
    """Name, version and "-r FILE" of everything that an input asks for, itself or by another file."""
    source = f"-r {file.relative_to(ROOT).as_posix()}"
    for line in file.read_text(encoding="utf-8").splitlines():
        said = line.partition("#")[0].strip()
        if said.startswith("-r "):
            other = (file.parent / said.removeprefix("-r ")).resolve()
            yield from ((pin.name, pin.version, f"-r {other.relative_to(ROOT)}") for pin in read(other))
        elif said:
            requirement = Requirement(said)
            (exact,) = requirement.specifier
            assert exact.operator == "==", f"{file.name}: {said} names no version"
            yield normal(requirement.name), exact.version, source


def test_every_input_is_known_and_has_a_lock() -> None:
    listed = [
        "git",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "*requirements*.txt",
        "*requirements*.in",
    ]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert sorted(file for file in files if (ROOT / file).exists()) == sorted([*INPUTS, *LOCKS])


@pytest.mark.parametrize("given", INPUTS)
def test_a_lock_has_what_its_input_asks_for_in_these_versions(given: str) -> None:
    pins, asked = pins_of(given), list(asked_by(ROOT / given))
    assert {name: pins[name].version if name in pins else None for name, _, _ in asked} == {
        name: version for name, version, _ in asked
    }
    by_files = {(name, by) for name, pin in pins.items() for by in pin.wanted_by if by.startswith("-r ")}
    assert by_files == {(name, source) for name, _, source in asked}


@pytest.mark.parametrize("given", INPUTS)
def test_a_lock_has_nothing_that_nobody_asks_for(given: str) -> None:
    pins = pins_of(given)
    reached = {name for name, _, _ in asked_by(ROOT / given)}
    while more := {name for name in set(pins) - reached if reached & set(pins[name].wanted_by)}:
        reached |= more
    assert set(pins) == reached


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_the_hashes_of_its_files_and_no_place_to_get_them_from(lock: str) -> None:
    for pin in read(ROOT / lock):
        assert pin.hashes, pin.name
        assert [said for said in pin.hashes if not re.fullmatch(r"sha256:[0-9a-f]{64}", said)] == []
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if "://" in line or line.startswith("-")] == []


@pytest.mark.parametrize("given", FUNCTIONS)
def test_what_functions_carry_is_the_same_whatever_machine_packs_it(given: str) -> None:
    """pip asks a marker of the machine that packs, not of the one that runs the function."""
    markers = [Marker(pin.marker) for pin in pins_of(given).values() if pin.marker]
    assert [str(marker) for marker in markers if not all(map(marker.evaluate, MACHINES))] == []


@pytest.mark.parametrize("given", [*FUNCTIONS, "requirements.in", "requirements-dev.in"])
def test_a_lock_is_whole(given: str) -> None:
    """Functions' packages are installed without asking what they need: the lock must have that. Chalice needs
    pip, and packs with it: where no lock has it, pip refuses what it downloads for the zip."""
    pins = pins_of(given)
    here = [pin for pin in pins.values() if not pin.marker or Marker(pin.marker).evaluate()]
    for pin in here:
        for asked in map(Requirement, metadata.requires(pin.name) or ()):
            if asked.marker is None or asked.marker.evaluate({"extra": ""}):
                locked = pins[normal(asked.name)].version
                assert asked.specifier.contains(locked, prereleases=True), f"{pin.name} wants {asked}"


def test_requirements_txt_has_all_that_chalice_local_needs_and_the_zip_no_command_of_chalice() -> None:
    """The API's function has its zip and the layer of signatures."""
    local, api, signatures = map(
        pins_of, ("requirements.in", "requirements-api.in", "requirements-signatures.in")
    )
    carried = {name: pin.version for name, pin in {**api, **signatures}.items()}
    assert {name: pin.version for name, pin in local.items() if name in carried} == carried
    assert local["chalice"].version == metadata.version("chalice")
    assert not {"chalice", "click", "inquirer", "pip", "pyyaml", "setuptools"} & set(api)


def test_every_environment_that_set_up_makes_is_made_of_a_lock_and_every_lock_is_used() -> None:
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^\$\(STAMPS\)/\S+: (.+)\n((?:\t.+\n)+)", recipes, re.MULTILINE)
    made = {}
    for before, recipe in rules:
        for last in re.findall(r"\$\(SET_UP\) venv .* (\S+)$", recipe, re.MULTILINE):
            first = before.split()[0]
            made[first if last == "$<" else last] = first
    assert made == {lock: lock for lock in made}, "made again when its lock changes"
    assert len(made) == recipes.count("$(SET_UP) venv")
    # Node's is installed by scripts/require.sh, where a machine has none.
    assert sorted([*made, *WITHIN, "scripts/requirements-node.txt"]) == sorted(LOCKS)


def test_nothing_is_installed_without_asking_for_hashes() -> None:
    for place in (
        *sorted((ROOT / "scripts").glob("*.*")),
        ROOT / "Makefile",
        ROOT / "infra/package/wheels.py",
    ):
        said = place.read_text(encoding="utf-8")
        assert said.count("--require-hashes") == len(re.findall(r'pip"?,? "?install', said)), place.name


def test_of_a_package_that_is_wanted_alone_nothing_else_comes() -> None:
    for given in ALONE:
        assert set(pins_of(given)) == {name for name, _, _ in asked_by(ROOT / given)}


@pytest.mark.parametrize(
    "text", ["six==1.17.0\n", "six>=1 \\\n    --hash=sha256:0\n", "-e .\n", "six @ six.whl \\\n"]
)
def test_what_is_no_lock_is_refused(text: str, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(text, encoding="utf-8")
    with pytest.raises(LockInvalid, match=r"^requirements\.txt: "):
        read(lock)

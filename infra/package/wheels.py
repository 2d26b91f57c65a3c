"""The packages of a lock as a folder: installed for the target, cut down, compiled, kept."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path, PurePosixPath

import chalice

from infra.package import aws_data
from infra.package.target import PackageError, Target

HERE = Path(__file__).parent
# What they make is made again when they change; beside the folder its zip is kept (layers.py).
_MAKERS = ("aws_data.py", "archive.py", "compile.py", "layers.py", "target.py", "wheels.py")
_LICENCE = re.compile(r"(licen[cs]es?|notice|copying|authors)\b", re.IGNORECASE)
# Never read at run time. What goes by name is reached by nobody who does not ask for it by that name:
# botocore takes certifi's certificates where there is certifi; Stripe's params are types for type checkers,
# its events the classes of thin ones, which are refused;
# dateutil's zones are a fallback of a fallback, for zones by name, which come from tzdata here;
# charset_normalizer, which requests wants, has beside its compiled modules the same in Python, and no text
# here has an unknown encoding.
_LEFT_OUT = (
    "bin/*",
    "__pycache__/*",
    "*/__pycache__/*",
    "*/tests/*",
    "*.pyi",
    "*/py.typed",
    "botocore/cacert.pem",
    "charset_normalizer/*.so",
    "charset_normalizer/cli/*",
    "dateutil/zoneinfo/*.tar.gz",
    "stripe/events/*",
    "stripe/params/*",
    "urllib3/contrib/emscripten/*",
)


def installed(requirements: Path, target: Target, cache: Path) -> Path:
    """The folder to pack. Made once for each state of what it is made of. Error: PackageError."""
    kept = cache / f"{requirements.stem}-{_state(requirements, target)}"
    if not kept.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            folder = Path(scratch) / "site"
            _install(requirements, target, folder)
            _cut_down(folder)
            compile_modules(folder, replace=True)
            _put(folder, kept)
    return kept


def compile_modules(folder: Path, *, replace: bool) -> None:
    """See compile.py. Error: PackageError."""
    options = ["--replace"] if replace else []
    run(
        [sys.executable, "-B", "-S", "-s", str(HERE / "compile.py"), str(folder), *options],
        PYTHONHASHSEED="0",
    )


def compile_methods(app: Path) -> None:
    """See methods.py. With this environment's packages: those of the target may not run here. As above."""
    program = str(HERE / "methods.py")
    texts = run([sys.executable, "-B", "-I", program, "record", str(app)])
    kept = app / "chalicelib" / "entrypoints" / f"methods.{sys.implementation.cache_tag}"
    run([sys.executable, "-B", "-S", "-s", program, "compile", str(kept)], given=texts, PYTHONHASHSEED="0")


def run(command: list[str], *, cwd: Path | None = None, given: str = "", **environment: str) -> str:
    """What a program prints. Error: PackageError, with what it said last."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, input=given, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise PackageError(f"{Path(command[0]).name} failed: {said[-1] if said else done.returncode}")
    return done.stdout


def add_chalice(folder: Path) -> None:
    """The two modules of Chalice that run in a function; the rest of it packs and deploys."""
    (folder / "chalice").mkdir()
    for name in ("__init__.py", "app.py"):
        shutil.copyfile(Path(chalice.__file__).with_name(name), folder / "chalice" / name)
    licences = metadata.distribution("chalice").files or []
    for file in (file for file in licences if ".dist-info" in str(file) and _is_kept(PurePosixPath(file))):
        copy = folder / str(file)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file.locate()), copy)


def _install(requirements: Path, target: Target, folder: Path) -> None:
    # A lock has every package, those that others need included: pip looks for no more.
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    where = ["--no-compile", f"--target={folder}", "--require-hashes", f"--requirement={requirements}"]
    run([*pip, *target.pip_options(), *where])
    if (folder / "botocore").is_dir():  # the API's
        add_chalice(folder)
        aws_data.trim(folder / "botocore" / "data")


def _cut_down(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif not _is_kept(PurePosixPath(path.relative_to(folder).as_posix())):
            path.unlink()


def _is_kept(path: PurePosixPath) -> bool:
    """Of a distribution's own files, its licences, and its name and version for whoever audits the zip."""
    if path.parts[0].endswith(".dist-info"):
        return path.name == "METADATA" or any(_LICENCE.match(part) for part in path.parts[1:])
    return not any(path.match(pattern) or _under(path, pattern) for pattern in _LEFT_OUT)


def _under(path: PurePosixPath, pattern: str) -> bool:
    """`match` sees one level: what is deeper below a folder that is left out goes with it."""
    return pattern.endswith("/*") and any(parent.match(pattern) for parent in path.parents)


def _put(folder: Path, kept: Path) -> None:
    try:
        folder.rename(kept)
    except OSError:
        if not kept.is_dir():  # else another process was first, with the same
            raise


def _state(requirements: Path, target: Target) -> str:
    state = hashlib.sha256(f"{target} {sys.version} {metadata.version('chalice')}".encode())
    for file in (requirements, *(HERE / name for name in _MAKERS)):
        state.update(file.read_bytes())
    return state.hexdigest()[:16]

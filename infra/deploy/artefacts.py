"""What a deployment takes: from this work tree, or from a release, which has it ready."""

import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from chalicelib.kernel import stored_format
from chalicelib.version import VERSION
from infra.deploy.template import ROOT, DeployError, Template, code_files, content_key, deployable
from infra.release import sums, tar

# In the functions' template of a release: where a stage's bucket of packages is to be named.
BUCKET = "bucket-of-packages"
FUNCTIONS, DATA, SITE = "functions.json", "data.json", "site.json"
MANIFEST, PORTAL = "manifest.json", "portal.tar"


class Artefacts(Protocol):
    """What stacks, code and pages are made from."""

    @property
    def written(self) -> Path:
        """A folder for files that the deployment makes itself."""

    @property
    def portal(self) -> Path: ...

    @property
    def version(self) -> str: ...

    @property
    def reads(self) -> tuple[int, ...]:
        """The formats of what is stored that its code reads (chalicelib/kernel/stored_format.py)."""

    def data(self) -> str: ...

    def kept(self) -> frozenset[str]:
        """Resources of the data stack that no change may remove or replace."""

    def site(self) -> str: ...

    def code(self) -> Mapping[Path, str]:
        """Files that are uploaded -> where to in the bucket of packages."""

    def functions(self, bucket: str) -> Template: ...


@dataclass(frozen=True)
class WorkTree:
    """`written` is the folder that `make package` fills, `portal` the one that the portal's build fills."""

    written: Path
    portal: Path

    @property
    def version(self) -> str:
        return VERSION

    @property
    def reads(self) -> tuple[int, ...]:
        return stored_format.reads()

    def data(self) -> str:
        return (ROOT / "infra" / "data.yaml").read_text(encoding="utf-8")

    def kept(self) -> frozenset[str]:
        from infra.table import (
            DATA_TEMPLATE,
            load_template,
        )  # wants PyYAML, which a release's machine may not have

        return _retained(load_template(DATA_TEMPLATE))

    def site(self) -> str:
        return (ROOT / "infra" / "site.yaml").read_text(encoding="utf-8")

    def code(self) -> Mapping[Path, str]:
        return {self.written / name: key for name, key in self._keys().items()}

    def functions(self, bucket: str) -> Template:
        return deployable(self._sam(), bucket, self._keys())

    def _keys(self) -> Mapping[str, str]:
        return {name: content_key(self.written / name) for name in sorted(code_files(self._sam()))}

    def _sam(self) -> Template:
        sam: Template = json.loads((self.written / "template.json").read_text(encoding="utf-8"))
        return sam


@dataclass(frozen=True)
class Release:
    """`folder` has copies of a release's files, checked; `portal` its pages, unpacked."""

    folder: Path
    written: Path
    portal: Path

    @property
    def version(self) -> str:
        return str(self._manifest["version"])

    @property
    def reads(self) -> tuple[int, ...]:
        return tuple(self._manifest["reads"])

    def data(self) -> str:
        return self._text(DATA)

    def kept(self) -> frozenset[str]:
        return _retained(json.loads(self._text(DATA)))

    def site(self) -> str:
        return self._text(SITE)

    def code(self) -> Mapping[Path, str]:
        names = self._manifest["code"]
        return {self.folder / name: content_key(self.folder / name) for name in names}

    def functions(self, bucket: str) -> Template:
        template: Template = _placed(json.loads(self._text(FUNCTIONS)), bucket)
        return template

    @property
    def _manifest(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = json.loads(self._text(MANIFEST))
        return told

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def release(folder: Path, version: str, scratch: Path) -> Release:
    """What lies in `folder`, copied and its pages unpacked into `scratch`. Error: DeployError; nothing was
    done."""
    copied, portal = scratch / "release", scratch / "portal"
    try:
        names = sums.taken(folder, copied)
    except sums.ReleaseInvalid as error:
        raise DeployError(f"{error}. Nothing was changed") from error
    _check_named({MANIFEST, PORTAL, FUNCTIONS, DATA, SITE}, names, folder)
    manifest = json.loads((copied / MANIFEST).read_text(encoding="utf-8"))
    _check_named(manifest["code"], names, folder)
    if manifest["version"] != version:
        raise DeployError(f"{folder} is release {manifest['version']}, not {version}. Nothing was changed")
    try:
        tar.unpack(copied / PORTAL, portal)
    except (tarfile.TarError, OSError) as error:
        raise DeployError(f"{folder}: {PORTAL} cannot be unpacked: {error}. Nothing was changed") from error
    return Release(copied, scratch, portal)


def _check_named(wanted: Iterable[str], names: frozenset[str], folder: Path) -> None:
    if missing := ", ".join(sorted({*wanted} - names)):
        raise DeployError(f"{folder}: {sums.NAME} does not name {missing}. Nothing was changed")


def _placed(template: Any, bucket: str) -> Any:
    if isinstance(template, dict):
        return {key: _placed(value, bucket) for key, value in template.items()}
    if isinstance(template, list):
        return [_placed(value, bucket) for value in template]
    return bucket if template == BUCKET else template


def _retained(template: Mapping[str, Any]) -> frozenset[str]:
    resources = template["Resources"].items()
    return frozenset(name for name, resource in resources if resource.get("DeletionPolicy") == "Retain")

"""What a release is made of, in CycloneDX 1.6: every package whose code it carries, with version and licence.

Python's packages are those whose METADATA lies in the zips; what they need is as their lock says. The
portal's are those of package-lock.json that are not for development alone. cyclonedx-bom describes an
environment or a requirements file, not what lies in a zip, and would bring thirty packages for that.
"""

import base64
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

from infra.locks.reading import normal, read

_OURS = "billfold"
_METADATA = ".dist-info/METADATA"
# A longer "License" is a licence's text.
_LONGEST_NAME = 100
_ALGORITHMS = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}

Component = dict[str, Any]


def sbom(root: Path, zips: Mapping[str, Path], *, version: str, commit: str, at: str) -> str:
    """`zips`: a lock's name -> the zip with its packages; `at`: when the commit was made, ISO 8601 in UTC."""
    components = [c for lock, file in zips.items() for c in _of_python(root / lock, file)]
    components += _of_portal(root / "portal" / "package-lock.json")
    dependencies = _dependencies(components)
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{_OURS}@{version}+{commit}')}",
        "version": 1,
        "metadata": {"timestamp": at, "component": _ourselves(version, commit)},
        "components": [{key: value for key, value in c.items() if key != "needs"} for c in components],
        "dependencies": dependencies,
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _ourselves(version: str, commit: str) -> Component:
    return {
        "bom-ref": _OURS, "type": "application", "name": _OURS, "version": version,
        "licenses": [{"expression": "Apache-2.0"}],
        "properties": [{"name": "billfold:commit", "value": commit}],
    }  # fmt: skip


def _of_python(lock: Path, packed: Path) -> Iterator[Component]:
    pins = read(lock)
    for about in _metadata(packed):
        name = normal(about["Name"])
        purl = f"pkg:pypi/{name}@{about['Version']}"
        yield {
            "bom-ref": purl, "type": "library", "name": name, "version": about["Version"], "purl": purl,
            "licenses": _licences(about),
            "properties": [{"name": "billfold:packed-in", "value": packed.name}],
            "needs": sorted(pin.name for pin in pins if name in pin.wanted_by),
        }  # fmt: skip


def _metadata(packed: Path) -> list[Message]:
    with zipfile.ZipFile(packed) as opened:
        texts = [opened.read(name).decode() for name in opened.namelist() if name.endswith(_METADATA)]
    return [Parser().parsestr(text, headersonly=True) for text in texts]


def _licences(about: Message) -> list[dict[str, Any]]:
    """An expression where the package says one, else the names that it gives."""
    if expression := about["License-Expression"]:
        return [{"expression": expression}]
    said = about["License"] or ""
    classifiers = [text.split(" :: ") for text in about.get_all("Classifier", [])]
    short = said and "\n" not in said and len(said) <= _LONGEST_NAME
    names = [said] if short else [parts[-1] for parts in classifiers if parts[0] == "License"]
    return [{"license": {"name": name}} for name in names]


def _of_portal(lock: Path) -> Iterator[Component]:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    for path, about in sorted(packages.items()):
        if not path or about.get("dev"):
            continue
        name, (algorithm, _, digest) = path.rpartition("node_modules/")[2], about["integrity"].partition("-")
        purl = f"pkg:npm/{name.replace('@', '%40')}@{about['version']}"
        yield {
            "bom-ref": purl, "type": "library", "name": name, "version": about["version"], "purl": purl,
            "licenses": [{"expression": about["license"]}],
            "hashes": [{"alg": _ALGORITHMS[algorithm], "content": base64.b64decode(digest).hex()}],
            "properties": [{"name": "billfold:packed-in", "value": "portal.tar"}],
            "needs": sorted(about.get("dependencies", {})),
        }  # fmt: skip


def _dependencies(components: Sequence[Component]) -> list[dict[str, Any]]:
    refs = {component["name"]: component["bom-ref"] for component in components}
    needed = {name for component in components for name in component["needs"]}
    ours = {"ref": _OURS, "dependsOn": sorted(ref for name, ref in refs.items() if name not in needed)}
    return [
        ours,
        *({"ref": c["bom-ref"], "dependsOn": [refs[n] for n in c["needs"] if n in refs]} for c in components),
    ]

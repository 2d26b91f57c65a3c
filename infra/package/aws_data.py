"""Botocore's description of AWS, cut down to what the functions call.

Botocore reads the description of a service when a client of it is made: of every operation, every region and
every sentence of documentation. Here is the one list of what stays; tests hold it to the clients that
chalicelib makes and to what .chalice's policies allow.
"""

import gzip
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

OPERATIONS: Mapping[str, frozenset[str]] = {
    "dynamodb": frozenset(
        {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
    ),
    # HeadBucket is botocore's own, for a bucket that turns out to be in another region.
    "s3": frozenset({"DeleteObject", "GetObject", "HeadBucket", "HeadObject", "ListObjectsV2", "PutObject"}),
    "sesv2": frozenset({"GetAccount", "SendEmail"}),
    "sqs": frozenset({"GetQueueAttributes", "SendMessage", "SendMessageBatch"}),
    "ssm": frozenset({"GetParameter"}),
}

_SERVICE = "service-2.json"
# Beside the service itself; examples, pages and waiters are left out, for nothing here asks for them.
_KEPT = ("endpoint-rule-set-1.json.gz", "service-2.sdk-extras.json")
_COMMON = ("_retry.json", "partitions.json", "sdk-default-configuration.json")
_ENDPOINTS = "endpoints.json"
_PROSE = frozenset({"documentation", "documentationUrl"})


def trim(data: Path) -> None:
    """Cut the folder botocore/data down, in place."""
    prefixes = set()
    for folder in sorted(path for path in data.iterdir() if path.is_dir()):
        if folder.name in OPERATIONS:
            prefixes.add(_trim_service(folder))
        else:
            shutil.rmtree(folder)
    endpoints = _read(data / _ENDPOINTS)
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in prefixes}
    _write(data / _ENDPOINTS, endpoints)
    for file in (path for path in data.iterdir() if path.is_file()):
        if file.name not in (*_COMMON, _ENDPOINTS):
            file.unlink()


def _trim_service(folder: Path) -> str:
    """Keep the newest version of a service; its name in the endpoints is the answer."""
    *older, newest = sorted(folder.iterdir())
    for version in older:
        shutil.rmtree(version)
    service = trimmed(_read(newest / f"{_SERVICE}.gz"), OPERATIONS[folder.name])
    for file in newest.iterdir():
        if file.name not in _KEPT:
            file.unlink()
    _write(newest / _SERVICE, service)  # not compressed twice: the zip does it
    prefix: str = service["metadata"]["endpointPrefix"]
    return prefix


def trimmed(service: Mapping[str, Any], operations: Iterable[str]) -> dict[str, Any]:
    """A service's model with these operations, the shapes they reach, and no prose. Error: KeyError."""
    kept = {name: service["operations"][name] for name in sorted(operations)}
    shapes = _reached(kept, service["shapes"])
    return {**service, **_without_prose({"operations": kept, "shapes": shapes})}


def _reached(operations: Mapping[str, Any], shapes: Mapping[str, Any]) -> dict[str, Any]:
    reached: dict[str, Any] = {}
    waiting = _named(operations)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached[name] = shapes[name]
            waiting += _named(shapes[name])
    return {name: reached[name] for name in sorted(reached)}


def _named(model: Any) -> list[str]:
    """Every shape that a piece of a model refers to."""
    if isinstance(model, Mapping):
        here = [model["shape"]] if isinstance(model.get("shape"), str) else []
        return here + [name for part in model.values() for name in _named(part)]
    return [name for part in model for name in _named(part)] if isinstance(model, list) else []


def _without_prose(model: Any) -> Any:
    if isinstance(model, Mapping):
        # A member may itself be called "documentation": then it is a shape, and no text.
        return {
            key: _without_prose(part)
            for key, part in model.items()
            if not (key in _PROSE and isinstance(part, str))
        }
    return [_without_prose(part) for part in model] if isinstance(model, list) else model


def _read(file: Path) -> Any:
    content = file.read_bytes()
    return json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)


def _write(file: Path, model: Any) -> None:
    file.write_text(json.dumps(model, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")

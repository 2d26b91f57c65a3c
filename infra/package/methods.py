"""The methods of the app's dataclasses, compiled beforehand for chalicelib/entrypoints/cold.py.

Run as a program of its own, for the reason that compile.py gives: `record FOLDER` prints the texts that
dataclasses has compiled while the app in a folder is imported, `compile FILE` compiles them from there.
"""

import dataclasses
import json
import marshal
import sys
from pathlib import Path
from typing import Any


def record(folder: str) -> None:
    texts: set[str] = set()

    def run(text: str, *namespaces: dict[str, Any]) -> None:
        texts.add(text)
        exec(text, *namespaces)  # noqa: S102 - what dataclasses does with it

    sys.path.insert(0, folder)
    vars(dataclasses)["exec"] = run
    __import__("app")
    print(json.dumps(sorted(texts)))


def compile_texts(target: str) -> None:
    texts: list[str] = json.loads(sys.stdin.read())
    compiled = {text: compile(text, "<string>", "exec", dont_inherit=True, optimize=0) for text in texts}
    Path(target).write_bytes(marshal.dumps(compiled))


if __name__ == "__main__":
    {"record": record, "compile": compile_texts}[sys.argv[1]](sys.argv[2])

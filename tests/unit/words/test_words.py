"""Every code and sentence has its words in both languages, and no word is left without a use."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chalicelib.entrypoints.http.problems import STATUSES
from chalicelib.words import Words, language, say
from chalicelib.words.alerts import ALERTS
from chalicelib.words.cli.drops import DROP_PROBLEMS, DROPS
from chalicelib.words.cli.explaining import EXPLAINED
from chalicelib.words.cli.import_report import IMPORT_REPORT
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.cli.mapping import COMPARED, MAPPED
from chalicelib.words.cli.mapping_errors import MAPPING_ERRORS
from chalicelib.words.cli.reading import INTERPRETED, NOTED, UNREADABLE
from chalicelib.words.cli.remittances import REMITTANCES
from chalicelib.words.documents import DOCUMENTS, METHODS
from chalicelib.words.errors import WORDS
from chalicelib.words.estimates import ESTIMATES
from chalicelib.words.mails import MAILS

SOURCE = Path(__file__).parents[3] / "chalicelib"
ERRORS = {"Invalid", "Refused", "NotFound", "Stale"}
SAME_IN_BOTH = {"EIN", "Link", "PayPal", "Total"}
OF_IMPORTS = {
    "compared": COMPARED,
    "drop problems": DROP_PROBLEMS,
    "drops": DROPS,
    "explained": EXPLAINED,
    "import report": IMPORT_REPORT,
    "imports": IMPORTS,
    "interpreted": INTERPRETED,
    "mapped": MAPPED,
    "mapping errors": MAPPING_ERRORS,
    "noted": NOTED,
    "remittances": REMITTANCES,
    "unreadable": UNREADABLE,
}
TABLES = {
    "alerts": ALERTS,
    "errors": WORDS,
    "mails": MAILS,
    "documents": DOCUMENTS,
    "methods": METHODS,
    "estimates": ESTIMATES,
    **OF_IMPORTS,
}


def trees(*folders: str) -> Iterator[ast.Module]:
    for path in sorted(path for folder in folders or (".",) for path in (SOURCE / folder).rglob("*.py")):
        if "words" not in path.relative_to(SOURCE).parts:
            yield ast.parse(path.read_text(), str(path))


def codes() -> set[str]:
    """Every code an error is made with, a route declares, or the table of statuses names."""
    found = (code for tree in trees() for node in _codes_in(tree) for code in _constants(node, tree))
    return set(found) | set(STATUSES)


def _codes_in(tree: ast.Module) -> Iterator[ast.expr]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ERRORS:
            yield from call.args[:1]
        elif name == "endpoint":
            yield from (keyword.value for keyword in call.keywords if keyword.arg == "errors")


def _constants(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """What an expression can come to: a text, one of several, or what a variable was set to."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp(_, first, second):
            yield from (*_constants(first, tree), *_constants(second, tree))
        case ast.Tuple(parts):
            for part in parts:
                yield from _constants(part, tree)
        case ast.Starred(inner):
            yield from _constants(inner, tree)
        case ast.Name(variable):
            for other in ast.walk(tree):
                if isinstance(other, ast.Assign) and variable in {
                    getattr(t, "id", "") for t in other.targets
                }:
                    yield from _constants(other.value, tree)
        case _:
            pass


def texts() -> set[str]:
    """Every string in the code, the words apart."""
    nodes = (node for tree in trees() for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_error_code_has_words() -> None:
    assert codes() - WORDS.keys() == set()


def test_every_error_word_has_a_code() -> None:
    assert WORDS.keys() - texts() == set()


def test_the_walk_sees_codes() -> None:
    assert {"amount_invalid", "payment_state", "field_unknown", "mail_refused"} <= codes()


@pytest.mark.parametrize("table", [MAILS, DOCUMENTS], ids=["mails", "documents"])
def test_every_sentence_is_said_somewhere(table: Words) -> None:
    assert table.keys() - texts() == set()


@cache
def said(*folders: str) -> tuple[set[str], tuple[str, ...]]:
    """Strings that may be a code: no names that are compared or looked up, and no keys. And with what those
    begin that are put together."""
    found, beginnings = set[str](), set[str]()
    for tree in trees(*folders):
        silent = {id(part) for node in ast.walk(tree) for part in _silent(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                found.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginnings.add(str(node.values[0].value))
    return found, tuple(one for one in beginnings if re.fullmatch("[a-z]+_", one))


def _silent(node: ast.AST) -> Iterator[ast.AST | None]:
    match node:
        case ast.Compare(left, _, others):
            yield from (left, *others)
        case ast.Subscript(_, key):
            yield key
        case ast.Dict(keys, _):
            yield from keys


@pytest.mark.parametrize("table", OF_IMPORTS.values(), ids=OF_IMPORTS)
def test_every_sentence_of_imports_is_said_by_them(table: Words) -> None:
    """By the import code or its commands: an equal word elsewhere says none."""
    exact, beginnings = said("importing", "entrypoints")
    assert {key for key in table.keys() - exact if not key.startswith(beginnings)} == set()


@pytest.mark.parametrize("words", TABLES.values(), ids=TABLES)
def test_every_sentence_is_in_both_languages_with_the_same_gaps(words: Words) -> None:
    for key, (english, spanish) in words.items():
        assert english.strip(), key
        assert spanish.strip(), key
        assert english != spanish or english in SAME_IN_BOTH, key
        assert gaps(english) == gaps(spanish), key


def gaps(sentence: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", sentence))


def test_error_sentences_are_whole_and_name_nothing_technical() -> None:
    for key, pair in WORDS.items():
        for sentence in pair:
            assert sentence[0].isupper(), key
            assert sentence.endswith("."), key
            assert not re.search(r"\b(HTTP|JSON|null|exception|provider)\b", sentence, re.IGNORECASE), key


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", "en"),
        ("es", "es"),
        ("es-US", "es"),
        ("es_MX", "es"),
        ("ES", "es"),
        ("fr", "en"),
        ("", "en"),
        ("est", "en"),
    ],
)
def test_any_other_language_reads_english(locale: str, expected: str) -> None:
    assert language(locale) == expected


def test_a_value_is_put_in_once_and_never_read_as_a_gap() -> None:
    sentence = say(MAILS, "sign_in_intro", "en", practice="{phone} {practice.__class__}")
    assert sentence == "This is how you get into your account with {phone} {practice.__class__}."

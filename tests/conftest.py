"""Fixtures for every test: no real AWS account, nothing but loopback, AWS by moto or by the emulator.

`moto_aws` is for single-threaded tests; concurrency, crashes and idempotency need `ministack`, because moto's
transactions are not atomic.
"""

import copy
import gc
import os
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.handlers
import botocore.hooks
import botocore.loaders
import botocore.session
import botocore.useragent
import pytest
from moto import mock_aws
from playwright.sync_api import Browser, BrowserType
from xdist.remote import Producer

from sandbox.config import DUMMY_CREDENTIALS, NO_PROXY, without_accounts
from sandbox.resources import Resources, make_resources
from tests.support import moto_at_once, rewriting
from tests.support.browser import chromium, chromium_path, launched
from tests.support.lanes import Lanes
from tests.support.ministack import Ministack, running_ministack

TEST_RESOURCES = Resources(
    table="billfold-test",
    bucket="billfold-test-documents",
    anchors_bucket="billfold-test-anchors",
    settle_queue="billfold-test-settle",
    documents_queue="billfold-test-documents",
    issue_queue="billfold-test-issue",
    delivery_queue="billfold-test-delivery",
    catch_up_queue="billfold-test-catch-up",
    mail_from="billing@billfold.example",
    secrets_prefix="/billfold/test",
)
# How much a run plays, and what it draws from: its worker processes are to know it, too.
OF_THE_RUN = {
    "BILLFOLD_SEED", "BILLFOLD_SOAK", "BILLFOLD_RACES", "BILLFOLD_SCHEDULES", "BILLFOLD_SUPERBILL_CLIENTS",
    "BILLFOLD_SAVED_FILES", "BILLFOLD_KILLS_EVERY",
}  # fmt: skip


def pytest_configure() -> None:
    """Replace the person's AWS credentials before anything reads them: no test touches an account."""
    for name in os.environ.keys() - without_accounts(os.environ).keys() - OF_THE_RUN:
        del os.environ[name]
    os.environ.update({**DUMMY_CREDENTIALS, **NO_PROXY})
    _read_descriptions_of_aws_once()
    _name_the_caller_once()
    _register_handlers_of_aws_once()
    _find_names_of_events_once()
    moto_at_once.take_no_detours()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Keep what is compiled; see there."""
    rewriting.keep(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes | None:
    """Where files are handed out whole, in which order."""
    return Lanes(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Let garbage be looked for less often, and not among what stays: all tests, and all that they import."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000)


def _read_descriptions_of_aws_once() -> None:
    """Let all sessions share what botocore has read: a test's clients took longer to make than it to run."""
    loaders: dict[str | None, botocore.loaders.Loader] = {}
    create = botocore.loaders.create_loader

    def shared(search_path_string: str | None = None) -> botocore.loaders.Loader:
        return loaders.setdefault(search_path_string, create(search_path_string))

    botocore.session.create_loader = shared


def _register_handlers_of_aws_once() -> None:
    """Let each session begin with a copy of the first one's handlers: botocore looks at each of them anew."""
    register = botocore.session.Session._register_builtin_handlers
    first: dict[int, botocore.hooks.HierarchicalEmitter] = {}

    def registered(self: Any, events: Any) -> None:
        known = len(botocore.handlers.BUILTIN_HANDLERS)
        if known not in first:
            register(self, events)
            first[known] = copy.copy(self._original_handler)
        else:
            self._original_handler = copy.copy(first[known])
            self._events = botocore.hooks.EventAliaser(self._original_handler)

    botocore.session.Session._register_builtin_handlers = registered


def _find_names_of_events_once() -> None:
    """Let all sessions share what botocore has found out of events' names: it looks for old ones."""
    make = botocore.hooks.EventAliaser.__init__
    found: dict[str, str] = {}

    def made(self: Any, emitter: Any, aliases: Any = None) -> None:
        make(self, emitter, aliases)
        if self._event_aliases == botocore.hooks.EVENT_ALIASES:
            self._alias_name_cache = found

    botocore.hooks.EventAliaser.__init__ = made


def _name_the_caller_once() -> None:
    """Let every call to AWS name the same caller: botocore puts the text together anew, twice a call."""
    botocore.useragent.UserAgentString.to_string = lambda self: "billfold-tests"


class _OneClientEach:
    """A session whose clients outlive a test: making them anew took longer than what they are asked."""

    def __init__(self) -> None:
        self._session: boto3.session.Session | None = None
        self._clients: dict[str, Any] = {}

    def client(self, service: str, *, endpoint_url: str | None = None) -> Any:
        assert endpoint_url is None, "these are moto's"
        self._session = self._session or boto3.session.Session()
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]


_MAKER = _OneClientEach()
_MADE: list[moto_at_once.Moment] = []  # what the first test made, and every test begins with


@pytest.fixture
def moto_aws() -> Iterator[Resources]:
    """AWS in this process, with the table, bucket, queues, sender and app key made; yields their names."""
    with mock_aws():
        if _MADE:
            _MADE[0].bring_back()
        else:
            make_resources(TEST_RESOURCES, _MAKER)
            _MADE.append(moto_at_once.Moment())
        yield TEST_RESOURCES


@pytest.fixture(scope="session")
def chromiums() -> Iterator[BrowserType]:
    """What starts them: Playwright allows one for the whole run."""
    with chromium() as kind:
        yield kind


@pytest.fixture(scope="session")
def browser(chromiums: BrowserType) -> Iterator[Browser]:
    """Chromium as people have it, one for the whole run. Take a context of your own."""
    with launched(chromiums, chromium_path()) as running:
        yield running


@pytest.fixture(scope="session")
def ministack() -> Iterator[Ministack]:
    """The AWS emulator, one for the whole run. Take a table, queue or bucket of your own from it."""
    with running_ministack() as emulator:
        yield emulator


@pytest.fixture
def ministack_table(ministack: Ministack) -> str:
    """An empty table on the emulator; yields its name."""
    return ministack.new_table()

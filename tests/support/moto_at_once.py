"""moto without its detours: the same checks, expressions and tables, asked at once.

botocore has checked and written down a call when it comes here. moto would read it back as an HTTP request,
find out for what service it is, and write its answer for botocore to read again: most of the time that a test
took. Rows go to moto's handler straight away. Whatever moto refuses is asked for again by its own way, so
that the refusal is its own, too.
"""

import copy
import copyreg
import threading
from collections import deque
from collections.abc import Sequence
from functools import cache
from typing import Any

import botocore.handlers
import moto.core.models
from botocore.model import OperationModel
from moto.core.base_backend import BackendDict
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.parse import JSONParser
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import s3_backends
from moto.ssm.models import ParameterDict

from chalicelib.platform.aws import LazyClient

CALLED = "before-call.dynamodb"
# What is done with rows; a refused one leaves everything as it was, and is refused again.
_HANDLERS = {
    "BatchGetItem": DynamoHandler.batch_get_item,
    "DeleteItem": DynamoHandler.delete_item,
    "GetItem": DynamoHandler.get_item,
    "PutItem": DynamoHandler.put_item,
    "Query": DynamoHandler.query,
    "Scan": DynamoHandler.scan,
    "TransactWriteItems": DynamoHandler.transact_write_items,
    "UpdateItem": DynamoHandler.update_item,
}


def take_no_detours() -> None:
    """From now on, for every client that is made."""
    botocore.handlers.BUILTIN_HANDLERS.append((CALLED, answered))
    moto.core.models.RESPONSES_METHODS.clear()  # what asks AWS by `requests`: nothing here does
    _compare_texts_at_once()
    _copy_only_what_changes()
    _read_expressions_once()
    _make_clients_once()


class _Received:
    """What botocore looks at of an HTTP answer."""

    status_code = 200


def answered(
    model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: object
) -> tuple[_Received, dict[str, Any]] | None:
    """The answer to a call, as botocore would have read it; none where moto is asked in its own way."""
    handle = _HANDLERS.get(model.name)
    if handle is None or not _is_motos(params["url"]):
        return None
    asked = DynamoHandler()
    asked.region, asked.current_account = context["client_region"], DEFAULT_ACCOUNT_ID
    request: Any = {"body": params["body"]}
    asked.body = JSONParser(model, map_type=dict).parse(request)
    try:
        answer: Any = handle(asked).result
    except Exception:
        return None
    known = model.output_shape.members
    found = {name: value for name, value in answer.items() if value is not None and name in known}
    return _Received(), {**found, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}}


def _is_motos(url: str) -> bool:
    return moto.core.models.botocore_stubber.enabled and ".amazonaws.com" in url


def _compare_texts_at_once() -> None:
    """Nearly every value is a text, and moto asks first whether it is anything else, twice a comparison."""
    values: Any = DynamoType
    real = values.cast_value.fget
    values.cast_value = property(lambda self: self.value if self.type == "S" else real(self))

    def all_items(self: Table) -> list[Item]:
        assert self.range_key_attr, "all of our tables have one"
        found = [item for part in self.items.values() for item in part.values()]
        return sorted(found, key=lambda item: (item.hash_key.cast_value, item.range_key.cast_value))

    tables: Any = Table
    tables.all_items = all_items


def _read_expressions_once() -> None:
    """moto takes each condition's text apart anew, word by word. The pieces are never changed: what names and
    values stand for is looked up later."""
    parsers: Any = ConditionExpressionParser
    lex = parsers._lex_condition_expression

    @cache
    def pieces(text: str) -> tuple[Any, ...]:
        return tuple(lex(ConditionExpressionParser(text, None, None)))

    parsers._lex_condition_expression = lambda self: deque(pieces(self.condition_expression))


def _make_clients_once() -> None:
    """A client is of a service, a place and a configuration, and of no test: making one takes as long as a
    dozen calls. Where moto is not, each is made anew."""
    clients: Any = LazyClient
    make, made = clients.__call__, dict[tuple[str, ...], Any]()

    def shared(self: Any) -> Any:
        if not moto.core.models.botocore_stubber.enabled:
            return make(self)
        options = sorted(vars(self._config).items(), key=lambda option: option[0])
        key = self._service, self._region, repr(options)
        if key not in made:
            made[key] = make(self)
        return made[key]

    clients.__call__ = shared


def _copy_only_what_changes() -> None:
    """moto copies a table, row by row, before each transaction. Its rows are put anew, never changed, except
    by an update: that one gets a row of its own to change."""
    update = DynamoDBBackend.update_item

    def copied(self: Table, _: object) -> Table:
        assert self.range_key_attr, "all of our tables have one"
        made: Table = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.items = copy.copy(self.items)
        made.items.update({name: dict(part) for name, part in self.items.items()})
        return made

    def updated(
        self: DynamoDBBackend, table_name: str, key: dict[str, Any], *more: Any, **named: Any
    ) -> Item:
        row = self.get_item(table_name, key)
        if row is not None:
            self.get_table(table_name).items[row.hash_key][row.range_key] = copy.deepcopy(row)
        return update(self, table_name, key, *more, **named)

    tables: Any = Table
    services: Any = DynamoDBBackend
    tables.__deepcopy__ = copied
    services.update_item = updated


def _secrets_as_pieces(held: ParameterDict) -> tuple[Any, ...]:
    return ParameterDict, (held.account_id, held.region_name), None, None, iter(held.items())


# What moto holds that `copy` cannot copy by itself. A copy has a lock of its own.
copyreg.pickle(type(threading.RLock()), lambda _: (threading.RLock, ()))
copyreg.pickle(threading.Condition, lambda _: (threading.Condition, ()))
copyreg.pickle(ParameterDict, _secrets_as_pieces)


class Moment:
    """All that moto's services hold at one moment, to be brought back as often as wanted."""

    def __init__(self) -> None:
        known: Any = BackendDict
        self._places = [
            (services, account, region, services[account][region])
            for services in known._instances
            for account in services
            for region in services[account]
        ]
        self._buckets = dict(s3_backends.bucket_accounts)
        self._states = self._copy([dict(vars(service)) for *_, service in self._places])

    def bring_back(self) -> None:
        """Into services that were just emptied."""
        now = [services[account][region] for services, account, region, _ in self._places]
        for service, state in zip(now, self._copy(self._states, now), strict=True):
            vars(service).update(state)
        s3_backends.bucket_accounts.update(self._buckets)

    def _copy(self, states: list[dict[str, Any]], now: Sequence[object] = ()) -> list[dict[str, Any]]:
        """What points to a service points to the one that is there now."""
        were = [service for *_, service in self._places]
        memo: dict[int, Any] = {id(was): new for was, new in zip(were, now or were, strict=True)}
        memo |= {id(services): services for services, *_ in self._places}
        return copy.deepcopy(states, memo)

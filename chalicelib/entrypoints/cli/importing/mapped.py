"""Other systems' exports, for `billfold import`: what its options say, and what was made of the files."""

import argparse
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, day_of
from chalicelib.entrypoints.cli.importing import choices
from chalicelib.entrypoints.cli.importing.files import Taken
from chalicelib.entrypoints.cli.importing.interpreted import tell_interpreted
from chalicelib.entrypoints.cli.importing.modes import is_mapped
from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.domain.mapping.map_text import BadMap, read_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.domain.mapping.systems import SYSTEMS, system_map
from chalicelib.importing.domain.mapping.telling import Told
from chalicelib.importing.domain.tables.table import Unreadable
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.mapping import MappedBatch, Said
from chalicelib.importing.services.requests import Planned, Request, named_pairs
from chalicelib.words import say
from chalicelib.words.cli.import_report import counted
from chalicelib.words.cli.mapping import MAPPED


def add_options(parser: argparse.ArgumentParser) -> None:
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "--from", dest="system", choices=sorted(SYSTEMS), help="the files are exports of that system"
    )
    one.add_argument(
        "--map", type=Path, metavar="FILE", help="the files are exports that this map of headers describes"
    )
    parser.add_argument("--as-of", default="", metavar="DATE", help="the day of the balances in an export")
    parser.add_argument("--clinician", default="", metavar="ID", help="who gave services that name nobody")
    parser.add_argument(
        "--names",
        type=Path,
        metavar="FILE",
        help="whose name it is: a table of name, client_id, and birth_date (YYYY-MM-DD) where two share one",
    )
    parser.add_argument("--add-clients", action="store_true", help="a name that nobody has is a new client's")
    parser.add_argument(
        "--shared-emails", action="store_true", help="one address may be that of several clients"
    )
    parser.add_argument(
        "--confirm-repeats", action="store_true",
        help="more of one client, day and code than before are new ones",
    )  # fmt: skip
    parser.add_argument(
        "--online-recorded", action="store_true",
        help="staff enter clients' online payments in the other system, too: leave those rows out",
    )  # fmt: skip


def add_explaining(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--explain", action="store_true",
        help="propose a map for the files, and show how each column would be read; write nothing",
    )  # fmt: skip
    parser.add_argument(
        "--write-map", type=Path, metavar="FILE", help="with --explain: keep the proposed map there"
    )


def add_comparing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--compare", type=Path, metavar="FILE",
        help="the old system's list of balances: what clients owe after the import is held against it",
    )  # fmt: skip
    parser.add_argument(
        "--accept-differences", action="store_true", help="import although some balances differ"
    )


def request(options: argparse.Namespace, taken: Taken) -> Request:
    """Errors: OSError, FileChanged, Invalid date_invalid, BadMap; Unreadable, the file of names."""
    read_as = choices.said(options)
    files = [taken.source(path) for path in options.files]
    compare = taken.source(options.compare) if options.compare else None
    if not is_mapped(options):
        own = Said(read_as, shared_emails=options.shared_emails)
        return Request(files, None, own, compare, options.take_over, options.restore_addresses)
    said = _said(options, taken)
    return Request(files, map_of(options, taken), said, compare, options.take_over, options.restore_addresses)


def planned(invocation: Invocation, importer: Importer, taken: Taken) -> Planned:
    """Errors: OSError, FileChanged, Invalid date_invalid, NotFound practice_not_found, Busy."""
    practice, options = invocation.practice(), invocation.options
    requests = invocation.app.import_requests(importer)
    try:
        return requests.planned(practice, request(options, taken))
    except BadMap as bad:
        return requests.refused(practice, bad.problems)
    except Unreadable as error:
        return requests.refused(practice, [error.problem(options.names.name)])


def map_of(options: argparse.Namespace, taken: Taken) -> ExportMap:
    """Of one of the systems, or a person's own. Errors: BadMap, OSError, FileChanged."""
    if options.system:
        return system_map(options.system)
    return read_map(options.map.name, taken.source(options.map).content)


def _said(options: argparse.Namespace, taken: Taken) -> Said:
    pairs = named_pairs(taken.source(options.names)) if options.names else []
    return Said(
        choices.said(options), day_of(options.as_of, "as_of"), options.clinician, said_names(pairs),
        options.add_clients, options.shared_emails, options.confirm_repeats, options.accept_changes,
        options.online_recorded,
    )  # fmt: skip


def tell(found: MappedBatch, output: Output) -> None:
    """What was made of the files, before anything is written."""
    tell_interpreted(found.agreed, output)
    for told in found.told:
        _tell(told, output)


def _tell(told: Told, output: Output) -> None:
    words = {name: str(value) for name, value in told.details.items()}
    text = say(MAPPED, told.code, output.language, n=counted("row", told.count, output.language), **words)
    place = ", ".join(filter(None, (told.file, told.column)))
    output.tell(
        "interpreted", f"{place}: {text}", file=told.file, column=told.column, code=told.code,
        count=told.count, row=told.row, **told.details,
    )  # fmt: skip

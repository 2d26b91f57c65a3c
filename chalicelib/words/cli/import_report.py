"""What an import says of itself, line by line, in the language that the command was given."""

from chalicelib.words import say

IMPORT_REPORT: dict[str, tuple[str, str]] = {
    "row": ("row {row}", "fila {row}"),
    "update": ("“{old}” becomes “{new}”", "“{old}” pasa a ser “{new}”"),
    "correction": (
        "{old} in the books, {new} in the file",
        "{old} en los libros, {new} en el archivo",
    ),
    "change": ("{old} in the books, {new} in the file", "{old} en los libros, {new} en el archivo"),
    "posted_anew": (
        "{old} was taken back, {new} in the file; posted anew as {anew}",
        "{old} se anuló, {new} en el archivo; se asienta de nuevo como {anew}",
    ),
    "kept": (
        "{old} was corrected here and stays; the file has {new}",
        "{old} se corrigió aquí y se queda; el archivo tiene {new}",
    ),
    "address_kept": (
        "{old} was changed here and stays; the file has {new} (--restore-addresses takes the file's)",
        "{old} se cambió aquí y se queda; el archivo tiene {new} (--restore-addresses toma el del archivo)",
    ),
    "taken_back": (
        "it was taken back in the books and stays out; if it belongs there, and was not posted by hand "
        "since, give it another id in a file of Billfold's own",
        "se anuló en los libros y queda fuera; si corresponde y no se asentó a mano desde entonces, póngala "
        "con otro id en un archivo propio de Billfold",
    ),
    "taken_back_more": (
        "And {more}: add --all to list every one.",
        "Y {more}: añada --all para verlas todas.",
    ),
    "missing": (
        "Not in the files any more: {kind} {id} of client {client}, {date}, {amount}. It stays in the books, "
        "as entry {entry}.",
        "Ya no está en los archivos: {kind} {id} del cliente {client}, {date}, {amount}. Queda asentado, en "
        "el asiento {entry}.",
    ),
    "missing_more": ("And {more}: add --all to list every one.", "Y {more}: añada --all para verlos todos."),
    "missing_charges": ("charge", "cargo"),
    "missing_payments": ("payment", "pago"),
    "missing_refunds": ("refund", "reembolso"),
    "missing_adjustments": ("adjustment", "ajuste"),
    "missing_insurance_payments": ("insurer's answer", "respuesta del seguro"),
    "warning": ("Check this: {doubt}", "Revise esto: {doubt}"),
    "refused": ("{problems}; nothing was written.", "{problems}; no se escribió nada."),
    "all_listed": ("Add --all to list every one.", "Añada --all para verlos todos."),
    "unconfirmed": (
        "Add --confirm-corrections to post them, as adjustments or in the place of what was taken back; "
        "nothing was written.",
        "Añada --confirm-corrections para asentarlos, como ajustes o en lugar de lo anulado; no se escribió "
        "nada.",
    ),
    "unaccepted": (
        "Add --accept-changes to take over what the file says now; nothing was written.",
        "Añada --accept-changes para tomar lo que el archivo dice ahora; no se escribió nada.",
    ),
    "became": ("{old} is read as {new}", "{old} se lee como {new}"),
    "unagreed": (
        "Nothing was written: look through what was interpreted, and add --as-read if it is right.",
        "No se escribió nada: revise la lista de lo interpretado y añada --as-read si es correcta.",
    ),
    "option_alone": ("{option} does nothing without {wanted}", "{option} no hace nada sin {wanted}"),
    "option_not_here": (
        "{option} does nothing with {mode}: {why}",
        "{option} no hace nada con {mode}: {why}",
    ),
    "takes_explain": (
        "it writes nothing into the books, and looks at each file by itself",
        "no escribe nada en los libros y mira cada archivo por separado",
    ),
    "takes_undo": (
        "it takes back the import of that id as a whole, and reads no files",
        "anula entera la importación de ese id y no lee archivos",
    ),
    "takes_dropped": (
        "its files and settings are in the drop folder, and all that changes is shown and agreed to at once",
        "sus archivos y ajustes están en la carpeta, y todo lo que cambia se muestra y se acepta de una vez",
    ),
    "file_changed": (
        "{file} changed while it was read; nothing was written. Wait until it is saved, then run the "
        "command again.",
        "{file} cambió mientras se leía; no se escribió nada. Espere a que se guarde y repita el comando.",
    ),
    "nothing_new": ("Nothing new: {known}.", "Nada nuevo: {known}."),
    "dry_run": ("Dry run: {summary}. Nothing was written.", "Ensayo: {summary}. No se escribió nada."),
    "dry_run_as_read": (
        "Dry run: {summary}. Nothing was written. To import, look through what was interpreted, and add "
        "--as-read if it is right.",
        "Ensayo: {summary}. No se escribió nada. Para importar, revise la lista de lo interpretado y añada "
        "--as-read si es correcta.",
    ),
    "done": ("Done: {summary}. This is import {id}.", "Listo: {summary}. Es la importación {id}."),
    "undone": ("Import {id} is undone: {entries}.", "La importación {id} está deshecha: {entries}."),
    "undone_before": ("Import {id} is undone already.", "La importación {id} ya estaba deshecha."),
    "undo_dry_run": (
        "Dry run: {entries} of import {id} would be undone. Nothing was written.",
        "Ensayo: se desharían {entries} de la importación {id}. No se escribió nada.",
    ),
    "undo_refused": (
        "Import {id} is not undone: {count}. Undo that first; nothing was written.",
        "La importación {id} no se deshizo: {count}. Deshaga eso primero; no se escribió nada.",
    ),
    "undo_impossible": (
        "Import {id} cannot be undone as a whole; nothing was written. `billfold post reverse` undoes its "
        "other entries one by one.",
        "La importación {id} no se puede deshacer entera; no se escribió nada. `billfold post reverse` "
        "deshace sus demás asientos uno a uno.",
    ),
    "undo_partly": (
        "Import {id} is undone but for {entries}: the books changed meanwhile.",
        "La importación {id} está deshecha, salvo {entries}: los libros cambiaron mientras tanto.",
    ),
    "rests": ("client {client}: {why}", "cliente {client}: {why}"),
    "rests_entry": (
        "entry {name} is about what it brought, and came later",
        "el asiento {name} trata de lo que trajo y vino después",
    ),
    "rests_reversal": (
        "entry {name} took back what a remittance posted before, and that cannot be undone",
        "el asiento {name} anuló lo que asentó una remesa anterior, y eso no se puede deshacer",
    ),
    "rests_payment": ("payment {name} is under way", "el pago {name} está en curso"),
    "rests_invoice": ("invoice {name} is issued", "la factura {name} está emitida"),
    "rests_superbill": ("superbill {name} is issued", "el superbill {name} está emitido"),
    "rests_import": ("import {name} has not ended", "la importación {name} no ha terminado"),
    "rests_rule": ("entry {name} cannot be undone. {rule}", "el asiento {name} no se puede deshacer. {rule}"),
    "no_imports": ("No import is known.", "No se conoce ninguna importación."),
    "state_under_way": ("not ended", "sin terminar"),
    "state_done": ("done", "hecha"),
    "state_done_again": ("undone and done again", "deshecha y hecha otra vez"),
    "state_undoing": ("undoing not ended", "sin terminar de deshacer"),
    "state_undone": ("undone", "deshecha"),
    "partly": (
        "{rows}: the books changed meanwhile. All the rest is in.",
        "{rows}: los libros cambiaron mientras tanto. Todo lo demás está asentado.",
    ),
    "of": ("{done} of {total}", "{done} de {total}"),
    "left": ("about {time} left", "faltan unos {time}"),
    "to_finish": ("an unfinished import to finish", "una importación sin terminar por completar"),
}

PHASES: dict[str, tuple[str, str]] = {
    "checking": ("checking", "comprobando"),
    "writing": ("writing", "asentando"),
    "undoing": ("undoing", "deshaciendo"),
    "rendering": ("rendering", "elaborando"),
    "looking": ("looking", "mirando"),
    "preparing": ("preparing", "preparando"),
    "issuing": ("issuing", "emitiendo"),
    "delivering": ("delivering", "enviando"),
}

# One, and many.
_COUNTS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "problem": (("{n} problem", "{n} problems"), ("{n} problema", "{n} problemas")),
    "more_like_it": (
        ("({n} more row like it)", "({n} more rows like it)"),
        ("({n} fila más con lo mismo)", "({n} filas más con lo mismo)"),
    ),
    "cell": (("{n} cell", "{n} cells"), ("{n} celda", "{n} celdas")),
    "to_post": (("{n} row to post", "{n} rows to post"), ("{n} fila por asentar", "{n} filas por asentar")),
    "posted": (("{n} row posted", "{n} rows posted"), ("{n} fila asentada", "{n} filas asentadas")),
    "row": (("{n} row", "{n} rows"), ("{n} fila", "{n} filas")),
    "new_client": (("{n} new client", "{n} new clients"), ("{n} cliente nuevo", "{n} clientes nuevos")),
    "changed_client": (
        ("{n} changed client", "{n} changed clients"),
        ("{n} cliente con cambios", "{n} clientes con cambios"),
    ),
    "correction": (("{n} correction", "{n} corrections"), ("{n} corrección", "{n} correcciones")),
    "corrected_facts": (
        ("{n} charge with other facts", "{n} charges with other facts"),
        ("{n} cargo con otros datos", "{n} cargos con otros datos"),
    ),
    "known": (
        ("{n} row already there", "{n} rows already there"),
        ("{n} fila que ya estaba", "{n} filas que ya estaban"),
    ),
    "difference": (
        ("{n} difference", "{n} differences"),
        ("{n} diferencia", "{n} diferencias"),
    ),
    "taken_back": (
        ("{n} of them taken back here", "{n} of them taken back here"),
        ("{n} de ellas anulada aquí", "{n} de ellas anuladas aquí"),
    ),
    "missing": (
        ("{n} row missing", "{n} rows missing"),
        ("{n} fila que falta", "{n} filas que faltan"),
    ),
    "entry": (("{n} entry", "{n} entries"), ("{n} asiento", "{n} asientos")),
    "resting": (
        ("{n} thing rests on it", "{n} things rest on it"),
        ("{n} cosa se apoya en ella", "{n} cosas se apoyan en ella"),
    ),
    "not_posted": (
        ("{n} row not posted", "{n} rows not posted"),
        ("{n} fila sin asentar", "{n} filas sin asentar"),
    ),
}


def counted(what: str, count: int, language: str) -> str:
    """So many of them, e.g. "2 rows to post"."""
    one, many = _COUNTS[what][1 if language == "es" else 0]
    return (one if count == 1 else many).format(n=f"{count:,}")


def report_line(key: str, language: str, **values: str) -> str:
    return say(IMPORT_REPORT, key, language, **values)

"""What is said of a map and of what it made of an export, before the first write."""

# What was made of the lines: listed with their count, {n}.
MAPPED: dict[str, tuple[str, str]] = {
    "rows_left_out": ("{n} left out: {why}", "{n} sin traer: {why}"),
    "rows_in_balance": (
        "{n} left out: the balances of {as_of} have them already",
        "{n} sin traer: los saldos del {as_of} ya los incluyen",
    ),
    "ids_without_column": (
        "no such column: rows are known again by the rest of what their ids are made of",
        "no hay tal columna: las filas se reconocen por lo demás de que se crean sus ids",
    ),
    "word_read": ("{n}: {value} read as {ours}", "{n}: {value} se lee como {ours}"),
    "word_unknown": (
        "{n}: {value} is no known word, and is read as {ours}",
        "{n}: {value} no es una palabra conocida; se lee como {ours}",
    ),
    "cancelled": ("{n}: {value} without a fee is no charge", "{n}: {value} sin honorario no es un cargo"),
    "names_joined": ("{n} joined to clients by name", "{n} unidas a clientes por el nombre"),
    "clinicians_joined": ("{n} joined to clinicians by name", "{n} unidas a profesionales por el nombre"),
    "clients_added": ("{n}: new clients, by name", "{n}: clientes nuevos, por el nombre"),
    "lines_added_up": (
        "{n} added to another line of the same client",
        "{n} sumadas a otra línea del cliente",
    ),
    "lines_once": (
        "{n}: a row of {kind} again, posted once",
        "{n}: otra vez una fila de {kind}, que se asienta una sola vez",
    ),
    "rows_in_two_files": (
        "{n} of {kind}: in another file or sheet, too, and posted once",
        "{n} de {kind}: también en otro archivo u hoja, se asienta una sola vez",
    ),
    "payments_online": (
        "{n}: payments that the client made online here; not posted again",
        "{n}: pagos que el cliente hizo aquí en línea; no se asientan otra vez",
    ),
    "payments_beside_online": (
        "{n}: payments of what the client paid online near that day; others, as confirmed",
        "{n}: pagos de lo que el cliente pagó en línea cerca de ese día; otros, según se confirmó",
    ),
    "refunds_beside_online": (
        "{n}: refunds of what was given back online near that day; others, as confirmed",
        "{n}: reembolsos de lo que se devolvió en línea cerca de ese día; otros, según se confirmó",
    ),
    "rows_beside_others": (
        "{n}: {kind} like some that another file, or somebody by hand, posted; others, as confirmed",
        "{n}: {kind} como otras que asentó otro archivo, o alguien a mano; distintas, según se confirmó",
    ),
    "refunds_online": (
        "{n}: refunds that were made online here; not given again",
        "{n}: reembolsos que se hicieron aquí en línea; no se dan otra vez",
    ),
    "refunds_known": (
        "{n}: refunds that another file, or somebody by hand, gives of the same client, day and amount; "
        "not posted again",
        "{n}: reembolsos que otro archivo, o alguien a mano, da del mismo cliente, día e importe; no se "
        "asientan otra vez",
    ),
    "refunds_of_only": (
        "{n} taken for refunds of the only payment that they can be of",
        "{n} tomadas por reembolsos del único pago posible",
    ),
    "refunds_of_equal": (
        "{n} taken for refunds of the only payment of that amount",
        "{n} tomadas por reembolsos del único pago de ese importe",
    ),
    "repeats_new": (
        "{n}: {kind} that might have been in the books already; new, as confirmed",
        "{n}: {kind} que podían estar ya en los libros; nuevas, según se confirmó",
    ),
    "repeats_known": (
        "{n}: {kind} that are in the books under another id; taken for those from now on, as accepted",
        "{n}: {kind} que están en los libros con otro id; desde ahora se toman por esas, según se aceptó",
    ),
    "near_taken_off": (
        "{n}: new; a paid session of {on} of the same client and amount was taken off here and is not in the "
        "file: if this is that one on another day, take it off, too",
        "{n}: nuevas; aquí se descontó entera una sesión pagada del {on}, del mismo cliente e importe, que "
        "no está en el archivo: si es esa misma en otro día, descuéntela también",
    ),
    "repeats_missing": (
        "{n}: fewer {kind} of one client, day and code than in the books; nothing is taken back",
        "{n}: menos {kind} del mismo cliente, día y código que en los libros; no se revierte nada",
    ),
    "rows_as_of_another": (
        "{found} new rows of this client say what the books have for {other}; new, as confirmed",
        "{found} filas nuevas de este cliente dicen lo que los libros tienen de {other}; nuevas, según se "
        "confirmó",
    ),
    "rows_as_of_others": (
        "{found} new rows say of {clients} clients one by one what the books have of others; new, as "
        "confirmed",
        "{found} filas nuevas dicen de {clients} clientes uno por uno lo que los libros tienen de otros; "
        "nuevas, según se confirmó",
    ),
    "rows_of_absent": (
        "clients who have no row here, and have some of these days in the books: {clients}, with {rows} in "
        "all, which stay",
        "clientes que aquí no tienen filas y sí en los libros de estos días: {clients}, con {rows} en total, "
        "que se quedan",
    ),
}

# Of the old system's list of balances, client by client.
COMPARED: dict[str, tuple[str, str]] = {
    "difference": (
        "{client} owes {books} after this import, {listed} in the list",
        "{client} debe {books} después de esta importación; {listed} según la lista",
    ),
    "unlisted": (
        "{client} owes {books} after this import, and is not in the list",
        "{client} debe {books} después de esta importación y no está en la lista",
    ),
    "agreeing": ("{n} of the list agree with the books", "{n} de la lista coinciden con los libros"),
    "differing": (
        "{n} of balances differ; nothing was written. If that is right, add --accept-differences.",
        "{n} de saldos difieren; no se escribió nada. Si es correcto, añada --accept-differences.",
    ),
}

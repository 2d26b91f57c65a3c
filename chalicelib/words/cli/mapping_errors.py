"""Why nothing is written of another system's files: maps, their words, rows and names that want an answer."""

from chalicelib.words.cli.online import ONLINE_ERRORS

MAPPING_ERRORS: dict[str, tuple[str, str]] = {
    # the map
    "map_not_toml": ("The map is not TOML: {why}", "El mapa no es TOML: {why}"),
    "map_format": (
        "The map's format is not the one that is known, {known}.",
        "El formato del mapa no es el conocido, {known}.",
    ),
    "map_source": (
        "{value} must be 1 to 8 small letters or digits: every id that is made begins with it.",
        "{value} debe tener de 1 a 8 minúsculas o cifras: así empieza cada id que se crea.",
    ),
    "map_value": ("This must be {wanted}.", "Esto debe ser {wanted}."),
    "map_key_missing": ("“{key}” is missing.", "Falta “{key}”."),
    "map_key_unknown": ("There is no such key: {key}.", "No existe esa clave: {key}."),
    "map_choice": ("{value} must be one of: {choices}.", "{value} debe ser uno de: {choices}."),
    "map_one_way": (
        "A column comes from one of: header, parts, value, made_of, row.",
        "Una columna sale de uno de: header, parts, value, made_of, row.",
    ),
    "map_born": (
        '`born` stands beside `join = "client"` alone.',
        '`born` va solo junto a `join = "client"`.',
    ),
    "map_column_unknown": (
        "There is no such column: {key}. There are: {known}.",
        "No existe esa columna: {key}. Existen: {known}.",
    ),
    "map_column_missing": ("The column {key} is missing.", "Falta la columna {key}."),
    "map_id_without_client": (
        "An id that is made must be made of client_id too, or two clients could share it.",
        "Un id que se crea debe incluir client_id, o dos clientes podrían compartirlo.",
    ),
    "map_not_the_id": (
        "Only {key} can be made of other values here.",
        "Aquí solo {key} puede crearse de otros valores.",
    ),
    "map_constant": ("There is no such constant.", "No existe esa constante."),
    "as_of_missing": (
        "These are balances. Say of which day with --as-of 2026-12-31.",
        "Son saldos. Diga de qué día con --as-of 2026-12-31.",
    ),
    "row_before_balances": (
        "Other clients of the file have balances of {as_of}, and this one has none. If this client owed "
        "nothing on that day, add --as-of {as_of}: what is of that day and before is left out, of all "
        "clients. If it is to be posted, add --confirm-repeats.",
        "Otros clientes del archivo tienen saldos del {as_of}, y este no. Si ese día no debía nada, añada "
        "--as-of {as_of}: lo de ese día y anterior se omite, de todos los clientes. Si hay que asentarlo, "
        "añada --confirm-repeats.",
    ),
    "as_of_without_balance": (
        "Neither these files nor the books have a client's balance of {as_of}, and all rows until that day "
        "would be left out. Leave --as-of out, or give the day of the balances.",
        "Ni estos archivos ni los libros tienen un saldo de clientes del {as_of}, y se omitirían todas las "
        "filas hasta ese día. Quite --as-of o dé el día de los saldos.",
    ),
    "clinician_missing": (
        "The file does not say who gave the service. Say it with --clinician ID.",
        "El archivo no dice quién prestó el servicio. Dígalo con --clinician ID.",
    ),
    "table_unfitting": (
        "{map} has no part for this table. Of “{title}” it lacks: {lacking}.",
        "{map} no tiene parte para esta tabla. De “{title}” le falta: {lacking}.",
    ),
    "proposal_lacks": (
        "Known here: {known}. Missing, under a name that is known: {missing}. --write-map writes a map with "
        "a place for each, such as (fee): put the file's own header there.",
        "Se conoce: {known}. Falta, con un nombre conocido: {missing}. --write-map escribe un mapa con un "
        "lugar para cada uno, como (fee): ponga ahí el encabezado del archivo.",
    ),
    "nothing_proposed": (
        "No header here says what the table holds. docs/import.md shows how a map is written.",
        "Ningún encabezado dice qué contiene la tabla. docs/import.md muestra cómo se escribe un mapa.",
    ),
    "map_exists": (
        "{value} exists already, and is not written over.",
        "{value} ya existe y no se sobrescribe.",
    ),
    # lines
    "line_without_rule": (
        "No rule of the map is for this line. Add one, or one that leaves it out.",
        "Ninguna regla del mapa es para esta línea. Añada una, o una que la deje fuera.",
    ),
    "amount_unread": (
        'No rule of the map reads {value} on this line. Add one (with sign = "minus", below zero), or empty '
        "the cell and post it by hand: what an insurer took back is undone with billfold post reverse.",
        'Ninguna regla del mapa lee {value} en esta línea. Añada una (con sign = "minus", bajo cero), o '
        "vacíe la celda y asiéntelo a mano: lo que un seguro retira se revierte con billfold post reverse.",
    ),
    "line_of_no_rule": (
        "No rule of the map is for lines with {value}. If they bring nothing, leave them out by three "
        "lines: {leave}. Else "
        "add the word to the rule that they belong to.",
        "Ninguna regla del mapa es para líneas con {value}. Si no traen nada, déjelas fuera con tres líneas: "
        "{leave}. Si no, "
        "añada la palabra a la regla que les corresponde.",
    ),
    "word_no_payment": (
        "{value} is not known, and may be no payment. If it is none, leave such lines out by three "
        "lines of the map: {leave}. If money "
        "came so, say it in the map: {line}.",
        "{value} no se conoce y puede no ser un pago. Si no lo es, deje fuera esas líneas con tres del "
        "mapa: {leave}. Si así "
        "llegó dinero, dígalo en el mapa: {line}.",
    ),
    "word_undecided": (
        "{value} is not known, and decides what this line is. Say it in the map: {line}; or leave such lines "
        "out: {leave}. --explain --write-map writes a system's own map, too.",
        "{value} no se conoce y decide qué es esta línea. Dígalo en el mapa: {line}; o deje fuera esas "
        "líneas: {leave}. --explain --write-map escribe también el mapa de un sistema.",
    ),
    "cancelled_with_fee": (
        "{value} has a fee here. If it is charged, say so in the map: {line}; if not, leave such lines out: "
        "{leave}.",
        "{value} tiene aquí un honorario. Si se cobra, dígalo en el mapa: {line}; si no, deje fuera esas "
        "líneas: {leave}.",
    ),
    "session_in_parts": (
        "Rows {rows} have one client, day, code and fee, and something paid on each. If they are payments of "
        'one session, put once = true below kind = "charges" in the map. If they are several sessions, add '
        "--confirm-repeats, or a column “Session” with 1 and 2, of which charge_id is made.",
        "Las filas {rows} tienen igual cliente, día, código y honorario, y algo pagado en cada una. Si son "
        'pagos de una sesión, ponga once = true bajo kind = "charges" en el mapa. Si son varias sesiones, '
        "añada --confirm-repeats, o una columna “Session” con 1 y 2 de la que se forme charge_id.",
    ),
    "sessions_as_one": (
        "Rows {rows} have one client, day and code, and this one says nothing of a payment. They are taken "
        "for one session (once = true). If they are several, take that out of the map, or tell them apart by "
        "a column “Session” with 1 and 2, of which charge_id is made. If it is one, add --confirm-repeats.",
        "Las filas {rows} tienen igual cliente, día y código, y esta no dice nada de un pago. Se toman por "
        "una sesión (once = true). Si son varias, quítelo del mapa, o distíngalas con una columna “Session” "
        "con 1 y 2 de la que se forme charge_id. Si es una, añada --confirm-repeats.",
    ),
    "line_without_charge": (
        "This line's money is for a session, and the line has none.",
        "El dinero de esta línea es de una sesión, y la línea no tiene ninguna.",
    ),
    "line_says_otherwise": (
        "The same row stands in {first_file}, row {first_row}, with another value here.",
        "La misma fila está en {first_file}, fila {first_row}, con otro valor aquí.",
    ),
    "sessions_or_payments": (
        "More was paid than one session costs, here ({lines} lines, the first is row {row}) and by the "
        "books. Are they two sessions of one day? Add a column “Session” with 1 and 2, in each later export "
        "with that day, too: the books have them by it. If it is one, and the rest is credit, add "
        "--confirm-repeats.",
        "Se pagó más de lo que cuesta una sesión, aquí ({lines} líneas; la primera es la fila {row}) y según "
        "los libros. ¿Son dos sesiones del mismo día? Añada una columna “Session” con 1 y 2, también en cada "
        "exportación posterior con ese día: por ella las conocen los libros. Si es una y el resto es "
        "crédito, añada --confirm-repeats.",
    ),
    "insurer_answered": (
        "An insurer's answer to this session is in the books already: {answer} of {on}, from an 835 or by "
        "hand. If this is the same money, take the line out of the file. If not, add --confirm-repeats.",
        "En los libros ya consta una respuesta de una aseguradora a esta sesión: {answer} del {on}, de un "
        "835 o a mano. Si es el mismo dinero, quite la línea del archivo. Si no, añada --confirm-repeats.",
    ),
    "repeats_changed": (
        "The file has {found} of one client, day and code, the books have {posted} ({ids}). If what is more "
        "is new, add --confirm-repeats; what is fewer stays in the books.",
        "El archivo tiene {found} del mismo cliente, día y código; los libros, {posted} ({ids}). Si lo de "
        "más es nuevo, añada --confirm-repeats; lo de menos se queda en los libros.",
    ),
    "files_differ": (
        "Of one client, day and code {first_file} has {first} (row {first_row}) and this has {found}, or "
        "their values differ. If what is more, or other, is new, add --confirm-repeats.",
        "Del mismo cliente, día y código, {first_file} tiene {first} (fila {first_row}) y este {found}, o "
        "sus valores difieren. Si lo de más, o lo distinto, es nuevo, añada --confirm-repeats.",
    ),
    "sum_in_two_files": (
        "{first_file}, row {first_row}, has a sum of this client, too. Leave out the one that is a copy; if "
        "both count, put their rows into one file.",
        "{first_file}, fila {first_row}, también tiene una suma de este cliente. Quite la que sea copia; si "
        "ambas cuentan, ponga sus filas en un solo archivo.",
    ),
    "row_replaced": (
        "This is new, and another of the same client and day is in the books and not in the file ({ids}). "
        "If it is that one corrected, add --accept-changes; if it is another, add --confirm-repeats.",
        "Es nueva, y otra del mismo cliente y día está en los libros y no en el archivo ({ids}). Si es esa "
        "misma corregida, añada --accept-changes; si es otra, añada --confirm-repeats.",
    ),
    "row_beside": (
        "This is new, and another of the same client and day is in the books and not in the file ({ids}); "
        "it is not certain whether it is that one corrected. If it is, undo that one with `billfold post "
        "reverse`; a paid session (entry_in_use) is taken off whole by `billfold post adjustment`, and this "
        "one posted with --confirm-repeats: what paid that one pays this one then. If it is another, add "
        "--confirm-repeats.",
        "Es nueva, y otra del mismo cliente y día está en los libros y no en el archivo ({ids}); no es "
        "seguro si es esa misma corregida. Si lo es, revierta esa con `billfold post reverse`; una sesión "
        "pagada (entry_in_use) se descuenta entera con `billfold post adjustment`, y esta se asienta con "
        "--confirm-repeats: lo que pagó esa paga entonces esta. Si es otra, añada --confirm-repeats.",
    ),
    "row_moved": (
        "This is new, and another of the same client and amount, of another day, is in the books and "
        "not in the file ({ids}). If it is that one on another day, undo that one with `billfold post "
        "reverse`, or take a paid session (entry_in_use) off whole by `billfold post adjustment`, and import "
        "again: what paid that one pays this one then. If it is another, add --confirm-repeats.",
        "Es nueva, y otra del mismo cliente e importe, de otro día, está en los libros y no en el "
        "archivo ({ids}). Si es esa misma en otro día, revierta esa con `billfold post reverse`, o descuente "
        "entera una sesión pagada (entry_in_use) con `billfold post adjustment`, e importe de nuevo: lo que "
        "pagó esa paga entonces esta. Si es otra, añada --confirm-repeats.",
    ),
    "rows_of_another": (
        "{found} new rows of this client, and this is the first, say what the books have of client {other}, "
        "of whom the file has those no more. If that client was renamed, say with --names FILE that the new "
        "name is that id's, or give the new name in clients.csv. If the rows were moved from that client to "
        "this one, undo those with `billfold post reverse`. If they are others, add --confirm-repeats.",
        "{found} filas nuevas de este cliente, y esta es la primera, dicen lo que los libros tienen del "
        "cliente {other}, de quien el archivo ya no tiene esas. Si ese cambió de nombre, diga con --names "
        "ARCHIVO que el nombre nuevo es de ese id, o dé el nombre nuevo en clients.csv. Si las filas pasaron "
        "de ese cliente a este, revierta esas con `billfold post reverse`. Si son otras, añada "
        "--confirm-repeats.",
    ),
    "rows_of_others": (
        "No row of the file is in the books, and {found} of them, of which this is the first, say of "
        "{clients} clients one by one what the books have of others. If those were renamed, say with "
        "--names FILE which id each new name has, or give the new names in clients.csv. If these are others, "
        "add --confirm-repeats.",
        "Ninguna fila del archivo está en los libros, y {found} de ellas, de las que esta es la primera, "
        "dicen de {clients} clientes uno por uno lo que los libros tienen de otros. Si esos cambiaron de "
        "nombre, diga con --names ARCHIVO qué id tiene cada nombre nuevo, o dé los nombres nuevos en "
        "clients.csv. Si son otros, añada --confirm-repeats.",
    ),
    "repeats_differ": (
        "The file has {found} of one client, day and code, the books have {posted}, and their values differ: "
        "which is which cannot be told. Take back what the file has no more ({ids}) with `billfold post "
        "reverse`, of a paid session (entry_in_use) its payments first, and import again: what it has "
        "instead is posted then, a session with --confirm-repeats. Then post those payments by hand.",
        "El archivo tiene {found} del mismo cliente, día y código; los libros, {posted}, y sus valores "
        "difieren: no se sabe cuál es cuál. Revierta lo que el archivo ya no tiene ({ids}) con `billfold "
        "post reverse`, de una sesión pagada (entry_in_use) antes sus pagos, e importe de nuevo: entonces "
        "se asienta lo que tiene en su lugar, una sesión con --confirm-repeats. Después asiente a mano esos "
        "pagos.",
    ),
    "refund_of_several": (
        "It does not say which payment was given back, and {count} can be meant ({ids}). Give it in a "
        "refunds.csv beside this file, of the same date and amount.",
        "No dice qué pago se devolvió, y pueden ser {count} ({ids}). Indíquelo en un refunds.csv junto a "
        "este archivo, con igual fecha e importe.",
    ),
    "refund_of_none": (
        "No payment of this client here can have been given back. If it was a credit that the opening "
        "balance brought along: take that balance back by `billfold post reverse`, post what is left of the "
        "credit as a payment, and leave this row out.",
        "Ningún pago de este cliente aquí puede haberse devuelto. Si era un saldo a favor que trajo el saldo "
        "inicial: anule ese saldo con `billfold post reverse`, asiente lo que quede a favor como un pago y "
        "deje fuera esta fila.",
    ),
    # names
    "name_unknown": (
        "No client is called {value}. If it is a client whose name changed, or who is written otherwise "
        "here, say with --names FILE whose name it is; if it is a new one, import clients first, or add "
        "--add-clients.",
        "Ningún cliente se llama {value}. Si es un cliente que cambió de nombre, o que aquí se escribe de "
        "otro modo, diga con --names ARCHIVO de quién es el nombre; si es nuevo, importe primero los "
        "clientes o añada --add-clients.",
    ),
    "names_several": (
        "Several sheets have a name and a client_id: {sheets}. Keep one of them.",
        "Varias hojas tienen name y client_id: {sheets}. Deje una sola.",
    ),
    "name_said_twice": (
        "{value} stands here already, with another client_id. Keep one of the two, or tell them apart by "
        "birth_date.",
        "{value} ya consta aquí con otro client_id. Deje uno de los dos o distíngalos por birth_date.",
    ),
    "name_absent": (
        "This row names no client. If it is a total, take it out of the file, or leave it out in the map "
        "([[tables.leave_out]]).",
        "Esta fila no nombra a ningún cliente. Si es un total, quítela del archivo o déjela fuera en el mapa "
        "([[tables.leave_out]]).",
    ),
    "name_alike": (
        "{value} is nearly the name of {ids}. Say with --names FILE whether it is the same client.",
        "{value} es casi el nombre de {ids}. Diga con --names ARCHIVO si es el mismo cliente.",
    ),
    **ONLINE_ERRORS,
    "row_elsewhere": (
        "There is one of this client and amount already, of {on}, that this export did not bring: {ids}. If "
        "it is the same, take that one back (billfold post reverse) or take this row out; if it is another, "
        "add --confirm-repeats.",
        "Ya hay una de este cliente e importe, del {on}, que no vino de esta exportación: {ids}. Si es la "
        "misma, anule aquella (billfold post reverse) o quite esta fila; si es otra, añada "
        "--confirm-repeats.",
    ),
    "name_formerly": (
        "{value} was the name of {ids}, who is called otherwise by now. Say with --names FILE whose it is: "
        "that id, or a new one, which a list of clients gives.",
        "{value} era el nombre de {ids}, que ahora se llama de otro modo. Diga con --names ARCHIVO de "
        "quién es: ese id o uno nuevo, que da una lista de clientes.",
    ),
    "name_changed": (
        "{value} is new, and has the address and the birth date of {ids}, whom the list lacks now. Say "
        "with --names FILE whose name it is: that client's id, or a new one.",
        "{value} es nuevo, y tiene la dirección y la fecha de nacimiento de {ids}, que ya no está en la "
        "lista. Diga con --names ARCHIVO de quién es el nombre: el id de ese cliente, o uno nuevo.",
    ),
    "name_of_two": (
        "{value} is the name of several clients: {ids}. Say with --names FILE whom it means here, or let a "
        "map take the client's id from a column of its own.",
        "{value} es el nombre de varios clientes: {ids}. Diga con --names ARCHIVO a quién se refiere, o haga "
        "que un mapa tome el id del cliente de una columna propia.",
    ),
    "name_born_otherwise": (
        "{value} is not the birth date of {ids}, who has the same name. Are they two? Give the new one an id "
        "with --names FILE, by name and birth date.",
        "{value} no es la fecha de nacimiento de {ids}, que se llama igual. ¿Son dos? Dé un id al nuevo con "
        "--names ARCHIVO, por nombre y fecha de nacimiento.",
    ),
    "name_emailed_otherwise": (
        "{value} is not the address of {ids}, who has the same name, and no birth date says that they are "
        "one. Say whose the name is with --names FILE: that id, or a new one.",
        "{value} no es la dirección de {ids}, que se llama igual, y ninguna fecha de nacimiento dice que "
        "sean la misma persona. Diga de quién es el nombre con --names ARCHIVO: ese id o uno nuevo.",
    ),
    "email_of_two": (
        "Client {other} has this address, too. If one person reads the mail of both, add --shared-emails.",
        "El cliente {other} también tiene esta dirección. Si una persona lee el correo de ambos, añada "
        "--shared-emails.",
    ),
    "clinician_name_unknown": (
        "No clinician is called {value}. There are: {known}.",
        "Ningún profesional se llama {value}. Existen: {known}.",
    ),
    "clinician_of_two": (
        "{value} is the name of several clinicians: {known}. Give an id instead.",
        "{value} es el nombre de varios profesionales: {known}. Ponga un id en su lugar.",
    ),
}

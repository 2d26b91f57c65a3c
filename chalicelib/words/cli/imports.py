"""What is wrong with an import's files, as the `billfold` command says it. Values are put in by name."""

IMPORTS: dict[str, tuple[str, str]] = {
    # the file
    "file_kind_unknown": (
        "A file is named by what it holds: clients.csv, charges.csv, payments.csv, refunds.csv, "
        "adjustments.csv, insurance_payments.csv or opening_balances.csv (or, say, charges-2026.csv).",
        "Un archivo lleva el nombre de lo que contiene: clients.csv, charges.csv, payments.csv, refunds.csv, "
        "adjustments.csv, insurance_payments.csv u opening_balances.csv (o, por ejemplo, charges-2026.csv).",
    ),
    "file_empty": ("The file is empty.", "El archivo está vacío."),
    "file_without_rows": (
        "The file has column names but no rows.",
        "El archivo tiene nombres de columnas pero ninguna fila.",
    ),
    "file_too_long": (
        "The file has more than {limit} rows. Split it.",
        "El archivo tiene más de {limit} filas. Divídalo.",
    ),
    "file_not_utf8": (
        "The text is not UTF-8. Save the file as “CSV UTF-8”.",
        "El texto no está en UTF-8. Guarde el archivo como “CSV UTF-8”.",
    ),
    "file_not_text": ("This is not a text file.", "Esto no es un archivo de texto."),
    "line_ends": (
        "Lines must end in LF or CRLF. Save the file as CSV again.",
        "Las líneas deben terminar en LF o CRLF. Guarde el archivo como CSV de nuevo.",
    ),
    "line_too_long": (
        "This line is too long to be a row.",
        "Esta línea es demasiado larga para ser una fila.",
    ),
    "quotes_broken": (
        "A quotation mark is not closed, or stands in the middle of a cell. Nothing after it was read.",
        "Una comilla no se cierra o está en medio de una celda. No se leyó nada después.",
    ),
    # columns and rows
    "column_unknown": (
        "There is no such column. There are: {known}.",
        "No existe esa columna. Existen: {known}.",
    ),
    "column_twice": ("The column is there twice.", "La columna aparece dos veces."),
    "column_missing": ("The column is missing.", "Falta la columna."),
    "cells_miscounted": (
        "Cells in this row: {found}; in the header: {expected}. If it only says when or how the report was "
        "made, take it out.",
        "Celdas en esta fila: {found}; en el encabezado: {expected}. Si solo dice cuándo o cómo se hizo el "
        "informe, quítela.",
    ),
    "cell_empty": ("The cell must not be empty.", "La celda no puede estar vacía."),
    "id_repeated": (
        "{value} is there already, in {first_file}, row {first_row}.",
        "{value} ya está en {first_file}, fila {first_row}.",
    ),
    # cells
    "amount_ambiguous": (
        "{value} could be two amounts. Write it without a thousands separator.",
        "{value} podría ser dos importes. Escríbalo sin separador de miles.",
    ),
    "amount_decimals": (
        "{value} must have {decimals} decimals or none, like {example}.",
        "{value} debe tener {decimals} decimales o ninguno, como {example}.",
    ),
    "amount_format": (
        "{value} is not an amount. Write digits only, like {example}.",
        "{value} no es un importe. Escriba solo cifras, como {example}.",
    ),
    "amount_too_large": ("{value} is too large.", "{value} es demasiado grande."),
    "amount_not_positive": ("{value} must be more than zero.", "{value} debe ser mayor que cero."),
    "amount_negative": ("{value} must not be negative.", "{value} no puede ser negativo."),
    "amount_zero": ("{value} changes nothing. Leave the row out.", "{value} no cambia nada. Quite la fila."),
    "date_format": (
        "{value} is not a date. Write it as 2026-03-31.",
        "{value} no es una fecha. Escríbala como 2026-03-31.",
    ),
    "date_absent": ("{value} is not in the calendar.", "{value} no está en el calendario."),
    "date_future": ("{value} is in the future.", "{value} está en el futuro."),
    "date_too_early": ("{value} is before 1900.", "{value} es anterior a 1900."),
    "fee_negative": (
        "{value} is below zero. A discount is an adjustment of the charge that it is of: give it in "
        "adjustments.csv, or post it by hand (billfold post adjustment), and take this line out.",
        "{value} está por debajo de cero. Un descuento es un ajuste de su cargo: indíquelo en "
        "adjustments.csv, o asiéntelo a mano (billfold post adjustment), y quite esta línea.",
    ),
    "date_before_charge": (
        "This is before the charge it is about ({date}).",
        "Es anterior al cargo al que se refiere ({date}).",
    ),
    "date_before_payment": (
        "This is before the payment it gives back ({date}).",
        "Es anterior al pago que devuelve ({date}).",
    ),
    "id_format": (
        "{value} is not an id: use 1 to 64 letters, digits, points, dashes or underscores.",
        "{value} no es un identificador: use de 1 a 64 letras, cifras, puntos, guiones o guiones bajos.",
    ),
    "email_format": ("{value} is not an e-mail address.", "{value} no es una dirección de correo."),
    "email_letters": (
        "{value} has letters that our mail cannot carry: only a to z without accents. "
        "A domain of other letters can be given as xn--….",
        "{value} tiene letras que nuestro correo no admite: solo de la a a la z, sin acentos. "
        "Un dominio con otras letras se puede dar como xn--….",
    ),
    "choice_unknown": ("{value} must be one of: {choices}.", "{value} debe ser uno de: {choices}."),
    "text_too_long": (
        "{value} has more than {longest} characters.",
        "{value} tiene más de {longest} caracteres.",
    ),
    "control_character": (
        "{value} holds a character that cannot be printed.",
        "{value} contiene un carácter que no se puede imprimir.",
    ),
    "cpt_format": (
        "{value} is not a procedure code: five digits (90837), four and a letter, or a letter and four "
        "(H0004), and up to four modifiers (-95).",
        "{value} no es un código de procedimiento: cinco cifras (90837), cuatro y una letra, o una letra y "
        "cuatro (H0004), y hasta cuatro modificadores (-95).",
    ),
    "diagnoses_format": (
        "{value} must be up to 12 ICD-10 codes with spaces between them.",
        "{value} debe ser hasta 12 códigos CIE-10 separados por espacios.",
    ),
    "modifier_repeated": (
        "{value} has a modifier twice. Write each one once.",
        "{value} tiene un modificador dos veces. Escriba cada uno una sola vez.",
    ),
    "place_format": (
        "{value} is not a place of service on Medicare’s list: two digits, such as 11 (office), 02 or 10 "
        "(telehealth).",
        "{value} no es un lugar de servicio de la lista de Medicare: dos cifras, como 11 (consultorio), 02 o "
        "10 (telesalud).",
    ),
    "relation_missing": (
        "Say what the client is to the insured: spouse, child or other.",
        "Indique qué es el cliente respecto del asegurado: spouse, child u other.",
    ),
    "insured_missing": (
        "Name the insured, or leave the relation out.",
        "Indique el nombre de la persona asegurada o quite la relación.",
    ),
    "units_format": (
        "{value} must be a whole number from 1 to 999.",
        "{value} debe ser un entero de 1 a 999.",
    ),
    "guarantor_email_missing": (
        "A guarantor needs an e-mail address.",
        "Quien garantiza el pago necesita una dirección de correo.",
    ),
    "guarantor_name_missing": ("A guarantor needs a name.", "Quien garantiza el pago necesita un nombre."),
    "guarantor_is_client": (
        "The guarantor has the client's own address. Leave the guarantor out.",
        "Quien garantiza el pago tiene la dirección del propio cliente. Quite esos datos.",
    ),
    "insurance_above_fee": (
        "The insurer cannot be expected to pay more than the fee.",
        "No se puede esperar que el seguro pague más que el honorario.",
    ),
    "insurance_payment_empty": (
        "One of paid, contractual_adjustment and patient_responsibility must be more than zero.",
        "Uno de paid, contractual_adjustment y patient_responsibility debe ser mayor que cero.",
    ),
    "write_off_negative": (
        "A write-off lowers what is owed: it must be more than zero.",
        "Una cancelación reduce lo que se debe: debe ser mayor que cero.",
    ),
    # between files, and with what is stored
    "client_unknown": (
        "The practice has no client {value}. Import the client first.",
        "El consultorio no tiene ningún cliente {value}. Importe primero al cliente.",
    ),
    "client_misfiled": (
        "The directory has a client {value} whom this id does not find: an import would make a second one. "
        "Run billfold verify, and have the row that finds the client set right first.",
        "El directorio tiene un cliente {value} que este identificador no encuentra: la importación haría un "
        "segundo. Ejecute billfold verify y haga corregir antes la fila que encuentra al cliente.",
    ),
    "clinician_unknown": (
        "The practice has no clinician {value}.",
        "El consultorio no tiene ningún profesional {value}.",
    ),
    "charge_unknown": (
        "No charge {value} is in charges.csv or in the books.",
        "No hay ningún cargo {value} en charges.csv ni en los libros.",
    ),
    "charge_of_other_client": (
        "Charge {value} is another client's.",
        "El cargo {value} es de otro cliente.",
    ),
    "payment_unknown_id": (
        "No payment {value} is in payments.csv or in the books.",
        "No hay ningún pago {value} en payments.csv ni en los libros.",
    ),
    "balance_beside_entries": (
        "The books have {amount} of this client from {first} to {on} already. A balance of {on} has it in "
        "it, so it would count twice. Take it back first (billfold import --undo, billfold post reverse), "
        "or give the balance a day before {first} if it has none of it.",
        "Los libros ya tienen {amount} de este cliente del {first} al {on}. Un saldo del {on} lo incluye, "
        "así que contaría dos veces. Anúlelo antes (billfold import --undo, billfold post reverse) o dé al "
        "saldo una fecha anterior al {first} si no lo incluye.",
    ),
    "posted_otherwise": (
        "The books have {stored} here, and a file does not change what is posted. If the file is wrong, "
        "correct it. If it is right: of a charge, post an adjustment or other facts. All else take back by "
        "`{reverse}`. If its amount, or what it is of, is another, import again: then what the "
        "file says is posted in its place. If not, post it by hand as the file has it: the file's row stays "
        "out.",
        "Los libros tienen {stored} aquí, y un archivo no cambia lo asentado. Si el archivo está mal, "
        "corríjalo. Si está bien: de un cargo, asiente un ajuste u otros datos. Lo demás anúlelo con "
        "`{reverse}`. Si es otro su importe, o aquello de lo que es, importe otra vez: entonces "
        "se asienta en su lugar lo que dice el archivo. Si no, asiéntelo a mano como lo tiene el archivo, "
        "cuya fila queda fuera.",
    ),
    "undone_meanwhile": (
        "This was posted meanwhile and taken back, so it is not posted now. Run the import again.",
        "Entre tanto se asentó y se revirtió, así que no se asienta ahora. Repita la importación.",
    ),
    "row_put_in_by_hand": (
        "What staff took back is given otherwise here, and the books have {ids} of {on} with this amount: it "
        "may have been put in for it. If so, take this row out of the file; if both are right, give this one "
        "another id.",
        "Lo que el personal anuló consta aquí de otro modo, y los libros tienen {ids} del {on} con este "
        "importe: puede haberse puesto en su lugar. Si es así, quite esta fila del archivo; si ambas son "
        "correctas, dele a esta otro identificador.",
    ),
    "posted_meanwhile": (
        "After these files were checked, staff or another import posted what may be a row of this client's. "
        "None of them was posted. Run the import again.",
        "Después de revisarse estos archivos, el personal u otra importación asentó lo que puede ser una "
        "fila de este cliente. No se asentó ninguna. Repita la importación.",
    ),
    "import_unfinished": (
        "Another import of this client ({which}) has not ended. Let it end, run it again if it was broken "
        "off, or add --take-over.",
        "Otra importación de este cliente ({which}) no ha terminado. Deje que termine, repítala si quedó a "
        "medias o añada --take-over.",
    ),
    "undoing_unfinished": (
        "The undoing of import {which} has not ended. Let it end; if it was broken off, run "
        "`billfold import --undo {which}` again first.",
        "La anulación de la importación {which} no ha terminado. Deje que termine; si quedó a medias, repita "
        "primero `billfold import --undo {which}`.",
    ),
}

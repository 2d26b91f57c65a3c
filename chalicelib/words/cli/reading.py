"""Files as people write them: why one cannot be read, and what was made of one that can."""

UNREADABLE: dict[str, tuple[str, str]] = {
    # what the file is
    "file_too_large": (
        "The file is larger than {megabytes} MB. Split it.",
        "El archivo supera los {megabytes} MB. Divídalo.",
    ),
    "file_encrypted": (
        "The workbook is protected with a password. Open it, save a copy without a password, and import the "
        "copy.",
        "El libro está protegido con contraseña. Ábralo, guarde una copia sin contraseña e importe la copia.",
    ),
    "file_old_excel": (
        "This is a workbook of the old kind (.xls). Open it in your spreadsheet and save it as “Excel "
        "workbook (.xlsx)” or “CSV UTF-8”.",
        "Es un libro del formato antiguo (.xls). Ábralo en su hoja de cálculo y guárdelo como “Libro de "
        "Excel (.xlsx)” o “CSV UTF-8”.",
    ),
    "file_web_page": (
        "This is a web page, whatever its name ends in. Open it in your spreadsheet and save it as “CSV "
        "UTF-8” or “Excel workbook (.xlsx)”.",
        "Es una página web, aunque su nombre diga otra cosa. Ábrala en su hoja de cálculo y guárdela como "
        "“CSV UTF-8” o “Libro de Excel (.xlsx)”.",
    ),
    "file_pdf": (
        "This is a PDF. Export the report again as CSV or Excel.",
        "Es un PDF. Exporte el informe de nuevo como CSV o Excel.",
    ),
    "file_rtf": (
        "This is a text document (RTF). Export the report again as CSV or Excel.",
        "Es un documento de texto (RTF). Exporte el informe de nuevo como CSV o Excel.",
    ),
    "file_archive": (
        "This is an archive. Unpack it and import the files in it.",
        "Es un archivo comprimido. Descomprímalo e importe los archivos que contiene.",
    ),
    "encodings_mixed": (
        "From this row on, letters of two encodings are mixed: some of them are damaged. Export the file "
        "again as “CSV UTF-8”.",
        "Desde esta fila se mezclan letras de dos codificaciones: algunas están dañadas. Exporte el archivo "
        "de nuevo como “CSV UTF-8”.",
    ),
    "delimiter_unknown": (
        "The first line names another separator than a comma, semicolon, tab or bar. Save the file as “CSV "
        "UTF-8”.",
        "La primera línea indica un separador que no es coma, punto y coma, tabulador ni barra. Guarde el "
        "archivo como “CSV UTF-8”.",
    ),
    "reader_missing": (
        "Workbooks cannot be read here. Install requirements-commands.txt, or save the sheet as “CSV UTF-8”.",
        "Aquí no se pueden leer libros. Instale requirements-commands.txt o guarde la hoja como “CSV UTF-8”.",
    ),
    "file_broken": (
        "The workbook is damaged. Open it, save it again, and import that.",
        "El libro está dañado. Ábralo, guárdelo de nuevo e importe ese.",
    ),
    "file_bomb": (
        "This is no workbook of a practice: unpacked, it would be far larger than any. It was not opened.",
        "Esto no es un libro de un consultorio: descomprimido sería mucho mayor que cualquiera. No se abrió.",
    ),
    "file_binary_workbook": (
        "This is a binary workbook (.xlsb). Save it as “Excel workbook (.xlsx)” or “CSV UTF-8”.",
        "Es un libro binario (.xlsb). Guárdelo como “Libro de Excel (.xlsx)” o “CSV UTF-8”.",
    ),
    "file_open_document": (
        "This is an OpenDocument spreadsheet. Save it as “Excel workbook (.xlsx)” or “CSV UTF-8”.",
        "Es una hoja de cálculo OpenDocument. Guárdela como “Libro de Excel (.xlsx)” o “CSV UTF-8”.",
    ),
    "sheets_several": (
        "The workbook has several sheets: {sheets}. Say which one with --sheet.",
        "El libro tiene varias hojas: {sheets}. Indique cuál con --sheet.",
    ),
    "sheet_absent": (
        "There is no such sheet. There are: {sheets}.",
        "No existe esa hoja. Existen: {sheets}.",
    ),
    "sheet_too_large": (
        "The sheet reaches beyond {rows} rows or {columns} columns. Copy the table alone to a new sheet.",
        "La hoja pasa de {rows} filas o {columns} columnas. Copie solo la tabla a una hoja nueva.",
    ),
    # where its table is
    "titles_above": (
        "The table does not begin in the first row, which is a title: {title}. If the columns’ names are "
        "where it says, add {answer}.",
        "La tabla no empieza en la primera fila, que es un título: {title}. Si los nombres de las columnas "
        "están donde dice, añada {answer}.",
    ),
    "header_twice": (
        "This row looks like a second row of names: {value}. If the columns’ names are in it, add {answer}; "
        "if it is a client’s, add --header 1.",
        "Esta fila parece una segunda fila de nombres: {value}. Si en ella están los nombres de las "
        "columnas, añada {answer}; si es de un cliente, añada --header 1.",
    ),
    "total_or_row": (
        "{value} may be a total, or somebody’s name. If it is a total, take this row out. If it is a name, "
        "put a column before it that is filled, such as the date.",
        "{value} puede ser un total o el nombre de alguien. Si es un total, quite esta fila. Si es un "
        "nombre, ponga delante una columna con contenido, como la fecha.",
    ),
    "header_inside": (
        "This row has names of columns in it. Take the row out, or mend it.",
        "Esta fila contiene nombres de columnas. Quite la fila o corríjala.",
    ),
    "header_empty": (
        "There are no names of columns in this row.",
        "En esta fila no hay nombres de columnas.",
    ),
    "columns_too_many": (
        "The table has more than {limit} columns. Leave out what is not needed.",
        "La tabla tiene más de {limit} columnas. Quite las que no hagan falta.",
    ),
    "column_unnamed": (
        "This column has cells but no name. Give it one, or clear it.",
        "Esta columna tiene celdas pero no nombre. Póngale uno o vacíela.",
    ),
    # cells
    "last_line_cut": (
        "The file ends within this line: {value} has fewer decimals than all others of its column. Export it "
        "again.",
        "El archivo acaba dentro de esta línea: {value} tiene menos decimales que los demás de su columna. "
        "Expórtelo de nuevo.",
    ),
    "cell_error": (
        "{value} is what a spreadsheet shows where it has no value, or no room for it. Mend the cell or "
        "widen the column, and save again.",
        "{value} es lo que una hoja de cálculo muestra cuando no hay valor, o no cabe. Corrija la celda o "
        "ensanche la columna y guarde de nuevo.",
    ),
    "cells_merged": (
        "Cells are merged here ({cells}): for which of the rows their text is meant cannot be told. Unmerge "
        "them, fill each cell, and save again.",
        "Aquí hay celdas combinadas ({cells}): no se puede saber para qué filas vale su texto. Sepárelas, "
        "rellene cada celda y guarde de nuevo.",
    ),
    "cell_without_value": (
        "The spreadsheet shows an error here (such as #REF!). Mend the cell and save again.",
        "La hoja de cálculo muestra aquí un error (como #REF!). Corrija la celda y guarde de nuevo.",
    ),
    "formula_without_value": (
        "There is a formula here that was never calculated. Open the workbook in your spreadsheet and save "
        "it again.",
        "Aquí hay una fórmula que nunca se calculó. Abra el libro en su hoja de cálculo y guárdelo de nuevo.",
    ),
    "id_converted": (
        "{value} is a date or a fraction to the spreadsheet, and may not be the id that it was. Make the "
        "column text, and enter it again.",
        "{value} es una fecha o una fracción para la hoja de cálculo y quizá no sea el identificador que "
        "era. Dé a la columna formato de texto y escríbalo de nuevo.",
    ),
    "number_cut": (
        "{value} is a number of more than 15 digits: a spreadsheet has lost the others. Export it as text.",
        "{value} es un número de más de 15 cifras: una hoja de cálculo ha perdido las demás. Expórtelo como "
        "texto.",
    ),
    "diagnosis_without_point": (
        "{value} is in no known release of ICD-10-CM. Write the code with its point.",
        "{value} no está en ninguna edición conocida de CIE-10-CM. Escriba el código con su punto.",
    ),
    "date_unreadable": (
        "{value} is not a date. Write it as 2026-03-31.",
        "{value} no es una fecha. Escríbala como 2026-03-31.",
    ),
    "date_zone": (
        "{value} is a time of Greenwich: here it may be another day. Write the date alone, as 2026-03-31.",
        "{value} es una hora de Greenwich: aquí puede ser otro día. Escriba solo la fecha, como 2026-03-31.",
    ),
    "date_century": (
        "{value} does not say of which century it is. Write the year with four digits.",
        "{value} no dice de qué siglo es. Escriba el año con cuatro cifras.",
    ),
    # whole columns
    "dates_unproven": (
        "No date of this column shows whether the month or the day comes first: {value} could be either. Add "
        "--dates mdy (month first) or --dates dmy (day first).",
        "Ninguna fecha de esta columna muestra si va primero el mes o el día: {value} podría ser las dos "
        "cosas. Añada --dates mdy (primero el mes) o --dates dmy (primero el día).",
    ),
    "dates_contradict": (
        "{value} has the month first, {other} in row {other_row} has the day first. Export the column again "
        "in one way.",
        "{value} tiene primero el mes; {other}, en la fila {other_row}, primero el día. Exporte la columna "
        "de nuevo de una sola manera.",
    ),
    "dates_mixed": (
        "{value} is a date to the spreadsheet, {other} in row {other_row} is only text: it may have swapped "
        "day and month. Export the file again, and do not save it in a spreadsheet.",
        "{value} es una fecha para la hoja de cálculo; {other}, en la fila {other_row}, es solo texto: puede "
        "haber cambiado el día por el mes. Exporte el archivo de nuevo y no lo guarde en la hoja.",
    ),
    "amounts_unproven": (
        "{value} could be two amounts. Write it without a thousands separator, or say what stands before the "
        "cents: --decimals point or --decimals comma.",
        "{value} podría ser dos importes. Escríbalo sin separador de miles, o indique qué va delante de los "
        "centavos: --decimals point o --decimals comma.",
    ),
    "amounts_contradict": (
        "{value} has a point before its cents, {other} in row {other_row} has a comma. Export the column "
        "again in one way.",
        "{value} tiene un punto antes de los centavos; {other}, en la fila {other_row}, una coma. Exporte la "
        "columna de nuevo de una sola manera.",
    ),
}

NOTED: dict[str, tuple[str, str]] = {
    "encoding_utf16": ("read as {encoding}", "leído como {encoding}"),
    "encoding_windows": (
        "not UTF-8; read as {encoding}. Check these words: {examples}",
        "no es UTF-8; leído como {encoding}. Revise estas palabras: {examples}",
    ),
    "line_ends_cr": (
        "lines end in CR, as on old Macs",
        "las líneas terminan en CR, como en los Mac antiguos",
    ),
    "last_line_open": (
        "its last line has no end. If the file was cut off, its last row is, too: {end}",
        "su última línea no termina. Si el archivo quedó cortado, también su última fila: {end}",
    ),
    "sep_line": ("its first line names the separator", "la primera línea indica el separador"),
    "delimiter_tab": ("cells are separated by tabs", "las celdas están separadas por tabuladores"),
    "delimiter_bar": ("cells are separated by bars", "las celdas están separadas por barras"),
    "blank_rows": ("blank rows skipped: {count}", "filas en blanco omitidas: {count}"),
    "blank_columns": ("blank columns skipped: {count}", "columnas en blanco omitidas: {count}"),
    "totals_left_out": ("totals left out: {count} (row {rows})", "totales omitidos: {count} (fila {rows})"),
    "sheets_hidden": ("hidden sheets not read: {sheets}", "hojas ocultas no leídas: {sheets}"),
    "rows_hidden": (
        "hidden rows are read, too: {count} (row {rows})",
        "también se leen filas ocultas: {count} (fila {rows})",
    ),
    "columns_hidden": (
        "hidden columns are read, too: {columns}",
        "también se leen columnas ocultas: {columns}",
    ),
    "formulas_valued": (
        "values saved with formulas are taken: {count} (row {rows})",
        "se toman los valores guardados con fórmulas: {count} (fila {rows})",
    ),
    "header_repeated": (
        "the row of names repeated, left out: {count} (row {rows})",
        "fila de nombres repetida, omitida: {count} (fila {rows})",
    ),
}

INTERPRETED: dict[str, tuple[str, str]] = {
    "amount_currency_sign": ("the currency’s sign dropped", "signo de la moneda quitado"),
    "amount_grouped": ("separators of thousands dropped", "separadores de miles quitados"),
    "amount_parentheses": ("parentheses mean less than zero", "los paréntesis significan menos de cero"),
    "amount_minus_spelled": (
        "another sign, or one apart, means less than zero",
        "otro signo, o uno separado, significa menos de cero",
    ),
    "amount_minus_behind": ("a minus behind means less than zero", "el menos detrás significa menos de cero"),
    "amount_decimal_comma": ("the comma stands before the cents", "la coma va delante de los centavos"),
    "amount_zeros_added": (
        "zeros added that a spreadsheet drops",
        "añadidos los ceros que quita una hoja de cálculo",
    ),
    "amount_rounded": (
        "what calculating left beyond the cents dropped",
        "quitado lo que el cálculo dejó tras los centavos",
    ),
    "date_month_first": ("read as month, day, year", "leído como mes, día, año"),
    "date_day_first": ("read as day, month, year", "leído como día, mes, año"),
    "date_any_order": ("the same day in either order", "el mismo día en cualquier orden"),
    "date_spelled": ("read as year, month, day", "leído como año, mes, día"),
    "date_compact": ("read as year, month, day", "leído como año, mes, día"),
    "date_month_named": ("read by the month’s name", "leído por el nombre del mes"),
    "date_two_digits": (
        "a year of two digits is of this century, but of the last one for births in the future",
        "un año de dos cifras es de este siglo, o del anterior si un nacimiento sería futuro",
    ),
    "date_serial": ("a spreadsheet’s number of days", "número de días de una hoja de cálculo"),
    "date_time_dropped": ("the time of day dropped", "hora del día quitada"),
    "code_dotted": ("the point added that ICD-10-CM has there", "añadido el punto que CIE-10-CM tiene ahí"),
    "codes_separated": ("several codes, with spaces between them", "varios códigos, separados por espacios"),
    "place_zero": (
        "the zero added that Medicare’s list has",
        "añadido el cero que tiene la lista de Medicare",
    ),
    "place_words": (
        "the place’s code taken, its words dropped",
        "tomado el código del lugar, sin sus palabras",
    ),
    "method_words": ("a usual word for the method", "palabra usual para el método"),
    "procedure_spelled": ("dashes put before modifiers", "guiones puestos ante los modificadores"),
    "units_whole": ("a whole number", "un número entero"),
    "yes_no_words": ("a usual word for yes or no", "palabra usual para sí o no"),
}

"""What `billfold import --explain` says of a file."""

EXPLAINED: dict[str, tuple[str, str]] = {
    "column": ("“{header}” becomes {becomes}: {examples}", "“{header}” pasa a {becomes}: {examples}"),
    "condition": (
        "“{header}” decides what a line is: {examples}",
        "“{header}” decide qué es cada línea: {examples}",
    ),
    "once": (
        "Lines with the same {made_of} are taken for payments of one session, which is charged once (once = "
        "true). If each line is a session of its own, take that out of the map",
        "Las líneas con igual {made_of} se toman por pagos de una sesión, que se carga una vez (once = "
        "true). Si cada línea es una sesión distinta, quítelo del mapa",
    ),
    "column_unused": ("“{header}” is not read", "“{header}” no se lee"),
    "column_deciding": (
        "“{header}” is NOT READ, and has words like {deciding}: by this map such a line is a payment like "
        'any other. Add to the rules when = [{{ header = "{header}", is = […] }}], or leave such lines out',
        "“{header}” NO SE LEE y tiene palabras como {deciding}: según este mapa, una línea así es un pago "
        'más. Añada a las reglas when = [{{ header = "{header}", is = […] }}] o deje fuera esas líneas',
    ),
    "no_examples": ("empty so far", "vacía hasta ahora"),
    "words_unknown": (
        "“{header}” has words that are not known, and lines with them are refused: {unknown}. Say in the map "
        "what they are: {line}",
        "“{header}” tiene palabras que no se conocen y sus líneas se rechazan: {unknown}. Diga en el mapa "
        "qué son: {line}",
    ),
    "skeleton": (
        "{file} is written. Put the file's own header where ({lacking}) stands, then: "
        "billfold import --practice {practice} --map {file}{said} --dry-run FILES…",
        "{file} está escrito. Ponga el encabezado del archivo donde está ({lacking}) y luego: "
        "billfold import --practice {practice} --map {file}{said} --dry-run ARCHIVOS…",
    ),
    "unreadable": ("cannot be read", "no se puede leer"),
    "written": (
        "{file} is written. Look it over, then: "
        "billfold import --practice {practice} --map {file}{said} --dry-run FILES…",
        "{file} está escrito. Revíselo y luego: "
        "billfold import --practice {practice} --map {file}{said} --dry-run ARCHIVOS…",
    ),
    "not_written": (
        "Nothing was written. Add --write-map FILE to keep this as a map.",
        "No se escribió nada. Añada --write-map ARCHIVO para guardarlo como mapa.",
    ),
}

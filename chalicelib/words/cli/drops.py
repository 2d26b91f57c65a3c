"""What `billfold imports` and `billfold import --dropped` say of files in the drop folder."""

DROPS: dict[str, tuple[str, str]] = {
    "waiting": ("waits for a press", "espera confirmación"),
    "asked": ("cannot be posted yet: {problems}", "aún no se puede asentar: {problems}"),
    "nothing_new": ("brings nothing new", "no trae nada nuevo"),
    "posted": (
        "is posted, and its files are not all put away: press again",
        "está asentado, y no todos sus archivos se guardaron: confirme otra vez",
    ),
    "looking": ("is being looked at", "se está revisando"),
    "too_large": ("too large for the function", "demasiado grande para la función"),
    "too_long": ("took the function too long", "tardó demasiado para la función"),
    "broke_off": ("the function broke off", "la función se interrumpió"),
    "differing": ("{differences} in the list of balances", "{differences} en la lista de saldos"),
    "at_a_desk": (
        "run the command below, which has no such limit",
        "ejecute el comando de abajo, que no tiene ese límite",
    ),
    "own_folder": ("the practice\u2019s own folder", "la carpeta del propio consultorio"),
    "would": ("What the press would do: {summary}.", "Lo que haría la confirmación: {summary}."),
    "press": ("Post this? [y/N] ", "¿Asentar esto? [s/N] "),
    "unpressed": (
        "Nothing was written. Add --yes, where nobody is asked, to post what is listed.",
        "No se escribió nada. Añada --yes, donde no se pregunta a nadie, para asentar lo listado.",
    ),
    "unseen": (
        "Nothing was written: no look has shown what these files would do. Look through what is listed, and "
        "add --unseen to --yes to post it.",
        "No se escribió nada: ninguna revisión mostró lo que harían estos archivos. Revise lo listado y "
        "añada --unseen a --yes para asentarlo.",
    ),
    "books_changed": (
        "The books have changed since the files were looked at: {changes} would be otherwise than was "
        "shown. Nothing was written; look through it and run the command again.",
        "Los libros cambiaron desde que se revisaron los archivos: {changes} de otro modo que lo mostrado. "
        "No se escribió nada; revíselo y repita el comando.",
    ),
    "effect_new": ("{what}: was not shown", "{what}: no se mostró"),
    "effect_gone": ("{what}: was shown, and is no more", "{what}: se mostró, y ya no es así"),
    "effect_other": ("{what}: is otherwise than was shown", "{what}: es distinto de lo mostrado"),
    "left_waiting": (
        "The files stay in the folder: press again to post what was left out, once nothing stands "
        "against it, or take them out.",
        "Los archivos siguen en la carpeta: confirme otra vez para asentar lo que quedó fuera, cuando "
        "nada se oponga, o retírelos.",
    ),
    "put_away": (
        "The files are in imports/done now, and are deleted from there after a month.",
        "Los archivos están ahora en imports/done y se borran de ahí tras un mes.",
    ),
}

# What has to be put right before the files can be read; by the codes of problems.
DROP_PROBLEMS: dict[str, tuple[str, str]] = {
    "drop_empty": (
        "There are settings in the folder, and no file to import.",
        "En la carpeta hay ajustes y ningún archivo que importar.",
    ),
    "drop_name": (
        "Give the file a name of at most 120 visible characters, and put it there again.",
        "Dé al archivo un nombre de 120 caracteres visibles como máximo y vuelva a ponerlo.",
    ),
    "setting_beside_files": (
        "This answers for one week's files: say it in an import.toml beside them. In settings that stay it "
        "would answer for every later week.",
        "Esto responde por los archivos de una semana: indíquelo en un import.toml junto a ellos. En ajustes "
        "que permanecen respondería por todas las semanas siguientes.",
    ),
    "setting_file_missing": (
        "There is no file {value}, neither in the folder nor among its settings.",
        "No hay ningún archivo {value}, ni en la carpeta ni entre sus ajustes.",
    ),
    "setting_needs_map": (
        "This does nothing without “from” or “map”.",
        "Esto no sirve de nada sin “from” o “map”.",
    ),
    "setting_unknown": ("Known are: {known}.", "Se conocen: {known}."),
    "setting_value": ("What is to stand here: {wanted}.", "Aquí debe ir: {wanted}."),
    "settings_not_toml": (
        'This is not a TOML file, such as from = "simplepractice".',
        'No es un archivo TOML, como from = "simplepractice".',
    ),
    "settings_two_maps": ("Say “from” or “map”, not both.", "Indique “from” o “map”, no ambos."),
}

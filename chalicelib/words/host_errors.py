"""What a host reads when something of a practice cannot be done.

A code's first words are English, the second Spanish.
"""

HOST_ERRORS: dict[str, tuple[str, str]] = {
    "host_code_wrong": (
        "This is not the code of the latest invitation. Ask the owner for the code of the newest mail.",
        "Este no es el código de la última invitación. Pida al titular el código del correo más reciente.",
    ),
    "host_date_to_come": (
        "That day is yet to come: enter the day on which it was signed.",
        "Ese día aún no ha llegado: escriba el día en que se firmó.",
    ),
    "host_in_hand": (
        "Somebody else invites this owner just now, or was cut off doing so. Run the same command again in a "
        "minute.",
        "Otra persona está invitando a este titular ahora, o se interrumpió al hacerlo. Repita el comando en "
        "un minuto.",
    ),
    "host_line_unknown": (
        "There is no such line. The lines are: {lines}.",
        "No existe esa línea. Son: {lines}.",
    ),
    "host_name_invalid": (
        "Enter the host's name, in one line of up to {most} letters.",
        "Escriba el nombre del anfitrión en una línea de hasta {most} letras.",
    ),
    "host_owner_differs": (
        "Another owner was invited to this practice. To change the owner: billfold host invite.",
        "Se invitó a otro titular a este consultorio. Para cambiarlo: billfold host invite.",
    ),
    "host_owner_missing": (
        "No owner was invited to this practice yet: billfold host invite.",
        "Aún no se invitó a ningún titular a este consultorio: billfold host invite.",
    ),
    "host_practice_differs": (
        "The practice of this id has another: {fields}. Nothing was changed. Choose another id, or change "
        "what is there: what the practice says by billfold practice create, its owner, host and their "
        "language by billfold host invite.",
        "El consultorio con este identificador tiene otro valor en: {fields}. No se cambió nada. Elija otro "
        "identificador, o cambie lo que hay: lo que dice el consultorio con billfold practice create; su "
        "titular, el anfitrión y el idioma con billfold host invite.",
    ),
    "host_signer_invalid": (
        "Enter who signed, in one line of up to {most} letters.",
        "Escriba quién firmó, en una línea de hasta {most} letras.",
    ),
}

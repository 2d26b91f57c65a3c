"""What is asked of an export's rows that may be payments and refunds made online here."""

ONLINE_ERRORS: dict[str, tuple[str, str]] = {
    "row_paid_online": (
        "The client paid this amount online on {on}: {ids}. If this row is that payment, give it that day in "
        "the other system and add --online-recorded, which leaves such rows out; or take this row out. If it "
        "is another payment, add --confirm-repeats.",
        "El cliente pagó este importe en línea el {on}: {ids}. Si esta fila es ese pago, déle ese día en el "
        "otro sistema y añada --online-recorded, que deja fuera esas filas; o quite esta fila. Si es otro "
        "pago, añada --confirm-repeats.",
    ),
    "row_paid_online_outside": (
        "The client paid this amount online on {on}, a day that is not in this report: {ids}. A report that "
        "has that day shows whether this row is that payment. If it is, give it that day in the other "
        "system; if it is another, add --confirm-repeats.",
        "El cliente pagó este importe en línea el {on}, un día que no está en este informe: {ids}. Un "
        "informe que tenga ese día muestra si esta fila es ese pago. Si lo es, déle ese día en el otro "
        "sistema; si es otro, añada --confirm-repeats.",
    ),
    "row_refunded_online": (
        "This amount was given back to the client online on {on}: {ids}. If this row is that refund, give it "
        "that day in the other system, or add --online-recorded, which leaves such rows out. If it is "
        "another refund, add --confirm-repeats.",
        "Este importe se le devolvió al cliente en línea el {on}: {ids}. Si esta fila es ese reembolso, déle "
        "ese día en el otro sistema o añada --online-recorded, que deja fuera esas filas. Si es otro "
        "reembolso, añada --confirm-repeats.",
    ),
}

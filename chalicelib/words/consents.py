"""What a payer agrees to when they save a method. A change of a text is another version: kept consents name
the one that was shown."""

SAVING_VERSION = "2026-11-30"
SAVING: dict[str, tuple[str, str]] = {
    "saving": (
        "You let {practice} keep this payment method at its payment processor and show it to you the next "
        "time you pay. It is charged only when you choose it and confirm an amount, never by itself. You "
        "can remove it at any time under Payment Methods. You need not save one to receive care.",
        "Usted permite que {practice} guarde este método de pago en su procesador de pagos y se lo muestre "
        "la próxima vez que pague. Solo se cobra cuando usted lo elige y confirma un importe, nunca por sí "
        "solo. Puede eliminarlo en cualquier momento en Métodos de pago. No necesita guardar ninguno para "
        "recibir atención.",
    ),
}

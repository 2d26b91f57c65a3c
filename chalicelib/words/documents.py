"""What printed documents say."""

DOCUMENTS: dict[str, tuple[str, str]] = {
    "receipt": ("Receipt", "Recibo"),
    "receipt_title": ("Receipt from {practice}, {date}", "Recibo de {practice}, {date}"),
    "receipt_file": ("receipt-{date}.pdf", "recibo-{date}.pdf"),
    "amount_paid": ("Amount paid", "Importe pagado"),
    "date": ("Date", "Fecha"),
    "method": ("Method", "Método de pago"),
    "reference": ("Reference", "Referencia"),
    "still_owed": ("Still owed after this payment", "Saldo pendiente después de este pago"),
    "credit": ("Credit with the practice after this payment", "Saldo a su favor después de este pago"),
    "receipt_note": (
        "The amount paid is exactly what was charged. No fee was added to it.",
        "El importe pagado es exactamente lo que se cobró. No se le añadió ningún cargo.",
    ),
    "page": ("Page {page} of {pages}", "Página {page} de {pages}"),
}

METHODS: dict[str, tuple[str, str]] = {
    "cash": ("Cash", "Efectivo"),
    "check": ("Check", "Cheque"),
    "card": ("Card", "Tarjeta"),
    "other": ("Other", "Otro"),
    "us_bank_account": ("Bank account", "Cuenta bancaria"),
    "link": ("Link", "Link"),
    "paypal": ("PayPal", "PayPal"),
}
"""A payment's `method` where it is a code; any other method ("Visa ···· 4242") is words already."""

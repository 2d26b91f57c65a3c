"""Words of what can go wrong where somebody pays without an account, and where staff match the money."""

GUEST_ERRORS: dict[str, tuple[str, str]] = {
    "guest_card_number": (
        "This looks like the number of a card, so it was not kept. Card numbers go into the card form alone.",
        "Esto parece el número de una tarjeta, así que no se guardó. Los números de tarjeta van solo en el "
        "formulario de la tarjeta.",
    ),
    "guest_cards_paused": (
        "Many cards were tried here within the last hour, so cards have to wait. Nothing was charged. Go on "
        "in {minutes} min, pay in another way, or contact the practice.",
        "En la última hora se probaron aquí muchas tarjetas, así que las tarjetas tienen que esperar. No se "
        "cobró nada. Continúe en {minutes} min, pague de otra forma o comuníquese con el consultorio.",
    ),
    "guest_disputed": (
        "A bank holds this money until it decides. Match the payment afterwards.",
        "Un banco retiene este dinero hasta que decida. Asigne el pago después.",
    ),
    "guest_matched": (
        "This payment was matched meanwhile. Look at it again.",
        "Este pago se asignó entretanto. Vuelva a verlo.",
    ),
    "guest_quote_stale": (
        "Something in this payment has changed. Check it again, then go on.",
        "Algo de este pago ha cambiado. Revíselo de nuevo y continúe.",
    ),
    "guest_refunding": (
        "A refund of this payment is under way. Match the payment when that has ended.",
        "Hay un reembolso de este pago en curso. Asigne el pago cuando haya terminado.",
    ),
    "guest_unmatched": (
        "This payment is not matched to an account.",
        "Este pago no está asignado a ninguna cuenta.",
    ),
    "guest_work_required": (
        "Your browser has to check first that you are not a program. Review the payment again, then go on.",
        "Su navegador tiene que comprobar primero que usted no es un programa. Revise el pago de nuevo y "
        "continúe.",
    ),
}

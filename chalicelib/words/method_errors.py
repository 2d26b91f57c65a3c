"""What is said to who saves a card or a bank account, or pays with one, where that is not possible."""

METHOD_ERRORS: dict[str, tuple[str, str]] = {
    "consent_stale": (
        "What you agree to when you save a payment method has changed. Read it again, then go on.",
        "Ha cambiado lo que usted acepta al guardar un método de pago. Léalo de nuevo y continúe.",
    ),
    "notice_unacknowledged": (
        "Tick that you have read the notice beside the card form. If there is none, load the page again.",
        "Marque que ha leído el aviso junto al formulario de la tarjeta. Si no hay ninguno, vuelva a cargar "
        "la página.",
    ),
    "cvc_missing": (
        "Type the security code of the card again.",
        "Vuelva a escribir el código de seguridad de la tarjeta.",
    ),
    "deposit_code_wrong": (
        "This is another code than the one on the statement of your bank account. After a few wrong codes "
        "the account cannot be verified any more.",
        "Ese código no es el que figura en el estado de su cuenta bancaria. Después de varios códigos "
        "incorrectos, la cuenta ya no se puede verificar.",
    ),
    "deposit_over": (
        "This bank account does not wait for a code any more. Add it again to use it.",
        "Esta cuenta bancaria ya no espera un código. Agréguela de nuevo para usarla.",
    ),
    "label_card_number": (
        "This name holds what may be the number of a card. It is kept nowhere; choose another name.",
        "Este nombre contiene lo que puede ser el número de una tarjeta. No se guarda; elija otro nombre.",
    ),
    "method_expired": (
        "This card has expired. Nothing was charged; choose another payment method.",
        "Esta tarjeta ha caducado. No se cobró nada; elija otro método de pago.",
    ),
    "method_not_found": (
        "This payment method is not saved any more.",
        "Este método de pago ya no está guardado.",
    ),
    "method_not_ready": (
        "This bank account cannot be used now: it waits to be verified, or its bank takes no debits.",
        "Esta cuenta bancaria no puede usarse ahora: espera su verificación, o su banco no admite débitos.",
    ),
    "method_refused": (
        "Your bank did not accept this payment method. Nothing was charged; choose another one.",
        "Su banco no aceptó este método de pago. No se cobró nada; elija otro.",
    ),
    "saving_disabled": (
        "Payment methods cannot be saved at this practice.",
        "En este consultorio no se pueden guardar métodos de pago.",
    ),
    "set_up_not_found": (
        "There is nothing under way to be saved here.",
        "Aquí no hay nada pendiente de guardarse.",
    ),
    "too_many_methods": (
        "No more than {most} payment methods can be saved. Remove one first.",
        "No se pueden guardar más de {most} métodos de pago. Elimine uno antes.",
    ),
    "too_many_set_ups": (
        "Many payment methods were added within the last hour, so this one has to wait. You can go on in "
        "{minutes} min.",
        "En la última hora se agregaron muchos métodos de pago, así que este tiene que esperar. Podrá "
        "continuar en {minutes} min.",
    ),
}

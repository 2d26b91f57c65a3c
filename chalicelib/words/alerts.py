"""What an alert says to who must decide; what to do about it is in docs/runbook, by its name."""

ALERTS: dict[str, tuple[str, str]] = {
    "amount_differs": (
        "Another amount arrived than was asked for. What arrived was credited.",
        "Llegó un importe distinto del solicitado. Se abonó lo que llegó.",
    ),
    "chain_anchor_mismatch": (
        "An account's entries are not those whose hash was kept outside the table.",
        "Los asientos de una cuenta no son aquellos cuyo resumen se guardó fuera de la tabla.",
    ),
    "currency_differs": (
        "Money arrived in another currency than the account's. It was not credited.",
        "Llegó dinero en una moneda distinta de la de la cuenta. No se abonó.",
    ),
    "dispute_above_payment": (
        "Refunds and a bank took more than the payment. What is above it stands in a book of its own.",
        "Los reembolsos y un banco se llevaron más que el pago. El exceso está en un libro aparte.",
    ),
    "dispute_not_returned": (
        "A dispute is over in the practice's favor, and the bank has not given the money back.",
        "Una disputa terminó a favor del consultorio y el banco no ha devuelto el dinero.",
    ),
    "dispute_status_unknown": (
        "The processor calls the state of a dispute by a word that is not known here.",
        "El procesador nombra el estado de una disputa con una palabra que aquí no se conoce.",
    ),
    "estimate_exceeded": (
        "A clinician's fees are $400 or more above a client's good faith estimate. The client may dispute "
        "them.",
        "Las tarifas de un profesional superan en $400 o más la estimación de buena fe de un cliente. El "
        "cliente puede disputarlas.",
    ),
    "estimate_overdue": (
        "A client has no good faith estimate by the day on which the law wants it.",
        "Un cliente no tiene su estimación de buena fe el día en que la ley la exige.",
    ),
    "insurer_overpaid": (
        "An insurer paid more for a charge than all it came to. The rest is the insurer's.",
        "Una aseguradora pagó por un cargo más de todo lo que costó. El resto es de la aseguradora.",
    ),
    "import_dropped": (
        "Files in the drop folder wait for somebody: to be posted by one press, or for what keeps them out.",
        "Hay archivos en la carpeta de entrega que esperan a alguien: para asentarlos con una sola "
        "confirmación o por lo que impide importarlos.",
    ),
    "import_unfinished": (
        "An import has not ended for an hour. What it has not shown yet is on no list.",
        "Una importación lleva una hora sin terminar. Lo que aún no muestra no está en ninguna lista.",
    ),
    "event_of_nothing": (
        "Stripe sent a signed event about an object that it does not know. Nothing was posted for it.",
        "Stripe envió un evento firmado sobre un objeto que no conoce. No se asentó nada por él.",
    ),
    "inbox_stuck": (
        "News from the processor could not be worked off for hours.",
        "Un aviso del procesador no se pudo procesar durante horas.",
    ),
    "ledger_broken": (
        "The ledger is not what its entries say.",
        "El libro no coincide con lo que dicen sus asientos.",
    ),
    "guest_cards_tried": (
        "Many cards were tried without an account and not paid: somebody may be trying stolen cards.",
        "Se probaron muchas tarjetas sin cuenta y sin llegar a pagar: alguien puede estar usando tarjetas "
        "robadas.",
    ),
    "mail_complaint": (
        "A reader reported an e-mail as spam. That address gets no more mail of its kind.",
        "Alguien marcó un correo como no deseado. A esa dirección ya no se envían correos de ese tipo.",
    ),
    "mail_paused": (
        "The mail service takes no more mail for now. What waits is sent once it does.",
        "El servicio de correo no acepta más correos por ahora. Lo que espera se enviará cuando los acepte.",
    ),
    "money_not_settled": (
        "The ledger's rules refuse what the processor says happened.",
        "Las reglas del libro rechazan lo que el procesador dice que ocurrió.",
    ),
    "money_unbooked": (
        "The processor took or gave money for a reason that these books do not keep.",
        "El procesador tomó o dio dinero por un motivo que estos libros no llevan.",
    ),
    "notice_stuck": (
        "Somebody could not be told for hours: of a returned debit, a document, a question or an answer.",
        "Durante horas no se pudo avisar a alguien: de un débito devuelto, un documento, una pregunta o una "
        "respuesta.",
    ),
    "payment_stuck": (
        "How a payment ended is still not known. What it would pay cannot be paid until then.",
        "Aún no se sabe cómo terminó un pago. Hasta entonces no se puede pagar lo que pagaría.",
    ),
    "receipt_stuck": (
        "A receipt could not be made or sent for hours.",
        "Un recibo no se pudo crear o enviar durante horas.",
    ),
    "refund_unheard": (
        "Whether a refund was made is still not known. Its amount cannot be refunded until then.",
        "Aún no se sabe si se hizo un reembolso. Hasta entonces no se puede devolver su importe.",
    ),
    "refund_above_remainder": (
        "More was given back at the processor than was left of the payment.",
        "En el procesador se devolvió más de lo que quedaba del pago.",
    ),
    "round_overdue": (
        "A scheduled job has not come through for this practice for a long time.",
        "Un trabajo programado lleva mucho tiempo sin completarse para esta consulta.",
    ),
    "round_stuck": (
        "A step of a scheduled job was begun three times and never finished.",
        "Un paso de un trabajo programado se inició tres veces y nunca terminó.",
    ),
    "second_capture": (
        "One payment was captured twice at the processor. It was credited once.",
        "Un mismo pago se cobró dos veces en el procesador. Se abonó una vez.",
    ),
    "invoice_stuck": (
        "A client's services could not be invoiced by the clock. The other clients' were.",
        "Los servicios de un cliente no se pudieron facturar automáticamente. Los de los demás clientes sí.",
    ),
    "statement_stuck": (
        "A statement could not be made or sent for hours.",
        "Un estado de cuenta no se pudo crear o enviar durante horas.",
    ),
    "superbill_stuck": (
        "A client's superbills could not be issued by the clock. The other clients' were.",
        "Los comprobantes para el seguro de un cliente no se pudieron emitir automáticamente. Los de los "
        "demás clientes sí.",
    ),
    "superbills_incomplete": (
        "Superbills of a month were not issued, for something is missing for them. The others were.",
        "No se emitieron comprobantes para el seguro de un mes porque les falta algo. Los demás sí.",
    ),
    "unknown_money": (
        "The processor holds money that belongs to no payment here.",
        "El procesador tiene dinero que no pertenece a ningún pago de aquí.",
    ),
}

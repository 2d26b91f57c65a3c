"""What staff and operators read when a command on the books cannot be done: a sentence per error code.

A code's first word pair is English, the second Spanish.
"""

BOOKKEEPING_ERRORS: dict[str, tuple[str, str]] = {
    "adjustment_above_fee": (
        "The adjustments would be more than the fee.",
        "Los ajustes serían mayores que la tarifa.",
    ),
    "adoption_account_unknown": (
        "This payment is for no account of this practice. Post it by hand, if it is a client's.",
        "Este pago no es de ninguna cuenta de este consultorio. Si es de un cliente, regístrelo a mano.",
    ),
    "adoption_decided": (
        "The alert about this payment was closed on {closed_at}: {note}. If it is still in no account, "
        "run this again with --anyway.",
        "El aviso sobre este pago se cerró el {closed_at}: {note}. Si todavía no está en ninguna cuenta, "
        "repítalo con --anyway.",
    ),
    "adoption_not_captured": (
        "Nothing has come of this payment that could be posted. Its processor calls it {state}.",
        "De este pago todavía no llegó nada que registrar. El procesador lo llama {state}.",
    ),
    "adoption_not_found": (
        "No processor of this practice knows this payment. Its id begins like pi_.",
        "Ningún procesador de este consultorio conoce este pago. Su id empieza como pi_.",
    ),
    "adoption_not_opened": (
        "This payment bears the marks of one of ours, but Billfold did not begin it. "
        "Post it by hand, if it is a client's.",
        "Este pago lleva las marcas de uno nuestro, pero Billfold no lo inició. "
        "Si es de un cliente, regístrelo a mano.",
    ),
    "adoption_not_ours": (
        "This payment bears no marks of Billfold's. Post it by hand, if it is a client's.",
        "Este pago no lleva marcas de Billfold. Si es de un cliente, regístrelo a mano.",
    ),
    "adoption_resembles": (
        "Payment {payment} (entry {entry}) of the same amount was entered by hand since. If it is this one, "
        "undo that entry first; if not, run this again with --anyway.",
        "Desde entonces se registró a mano el pago {payment} (asiento {entry}) por el mismo importe. Si es "
        "este, anule antes ese asiento; si no, repítalo con --anyway.",
    ),
    "adoption_taken": (
        "This payment, or the one whose marks it bears, is in the ledger already: for other money, or with "
        "rows that are damaged, which `billfold verify` says.",
        "Este pago, o aquel cuyas marcas lleva, ya está en el libro: por otro dinero, o con filas dañadas, "
        "como lo dice `billfold verify`.",
    ),
    "adoption_typed_in": (
        "This payment was entered by hand as {payment} (entry {entry}). Undo that entry first.",
        "Este pago se registró a mano como {payment} (asiento {entry}). Anule antes ese asiento.",
    ),
    "credit_overdrawn": (
        "That is more than the credit on the account.",
        "Es más que el saldo a favor de la cuenta.",
    ),
    "credit_refunding": (
        "A refund under way needs this credit. This much can be moved until it is over.",
        "Un reembolso en curso necesita este saldo a favor. Hasta que termine se puede mover esto.",
    ),
    "currency_mixed": (
        "This account is kept in another currency.",
        "Esta cuenta se lleva en otra moneda.",
    ),
    "currency_unknown": ("This currency is not supported.", "Esta moneda no está disponible."),
    "document_unrenderable": (
        "This document could not be made. The practice has to look at it.",
        "Este documento no se pudo crear. El consultorio tiene que revisarlo.",
    ),
    "entry_incomplete": (
        "This entry needs at least two postings.",
        "Este asiento necesita al menos dos movimientos.",
    ),
    "entry_unbalanced": (
        "The debits and credits of this entry differ.",
        "Los cargos y abonos de este asiento no coinciden.",
    ),
    "external_id_taken": (
        "This id belongs to something else already.",
        "Este identificador ya pertenece a otra cosa.",
    ),
    "item_overpaid": (
        "That is more than is owed for this service.",
        "Es más de lo que se debe por este servicio.",
    ),
    "month_invalid": ("Enter a month like 2026-10.", "Escriba un mes como 2026-10."),
    "number_too_high": (
        "The highest number that can be set is {limit}.",
        "El número más alto que se puede fijar es {limit}.",
    ),
    "invoice_number_given": (
        "Numbers up to {last} are given already: only a higher one can be set.",
        "Los números hasta {last} ya están dados: solo se puede fijar uno más alto.",
    ),
    "superbill_number_given": (
        "Numbers up to {last} are given already: only a higher one can be set.",
        "Los números hasta {last} ya están dados: solo se puede fijar uno más alto.",
    ),
    "invoice_paid": (
        "Something was paid of this invoice, and stays paid. To void it all the same, add --yes.",
        "Ya se pagó algo de esta factura, y queda pagado. Para anularla de todos modos, añada --yes.",
    ),
    "folder_not_empty": (
        "This folder is not empty. Name one that does not exist yet.",
        "Esta carpeta no está vacía. Indique una que todavía no exista.",
    ),
    "month_not_over": (
        "This month is not over yet. Statements are made of whole months.",
        "Este mes todavía no termina. Los estados de cuenta son de meses completos.",
    ),
    "method_unknown": (
        "The method must be cash, check, card or other.",
        "El método debe ser efectivo (cash), cheque (check), tarjeta (card) u otro (other).",
    ),
    "nothing_to_post": ("There is nothing to post.", "No hay nada que registrar."),
    "dispute_decided": (
        "This dispute was decided the other way before. It is looked at again.",
        "Esta disputa ya se había decidido de otro modo. Se vuelve a consultar.",
    ),
    "dispute_not_returned": (
        "This dispute is over, and its money has not come back yet.",
        "Esta disputa terminó y su dinero todavía no ha vuelto.",
    ),
    "dispute_overpaid": (
        "The bank gave back more than it took. Somebody has to look at it.",
        "El banco devolvió más de lo que se llevó. Alguien tiene que revisarlo.",
    ),
    "dispute_status_unknown": (
        "The state of this dispute is not known here. Somebody has to look at it.",
        "El estado de esta disputa no se conoce aquí. Alguien tiene que revisarla.",
    ),
    "row_not_posted": (
        "This row of the processor's books is not in the ledger. Somebody has to look at it.",
        "Esta partida de las cuentas del procesador no está en el libro. Alguien tiene que revisarla.",
    ),
    "row_pending": (
        "This money has been on its way for more than 15 days. Somebody has to look at it.",
        "Este dinero lleva más de 15 días en camino. Alguien tiene que revisarlo.",
    ),
    "nothing_to_rebuild": (
        "This account is what its entries say: there is nothing to rebuild.",
        "Esta cuenta es lo que dicen sus asientos: no hay nada que reconstruir.",
    ),
    "entries_broken": (
        "The entries themselves are damaged, or may not be all there ({item}). Nothing can be rebuilt from "
        "them: restore the table to the moment before.",
        "Los propios asientos están dañados, o quizá no están todos ({item}). No se puede reconstruir nada "
        "con ellos: restaure la tabla al momento anterior.",
    ),
    "rebuild_impossible": (
        "The entries cannot tell what is damaged here: {items}. Restore the table to the moment before.",
        "Los asientos no dicen lo que aquí está dañado: {items}. Restaure la tabla al momento anterior.",
    ),
    "rebuild_hidden": (
        "The account's row is gone, and an import that may hide the account has not ended. Finish the import "
        "first.",
        "La fila de la cuenta no está, y una importación que quizá oculta la cuenta no ha terminado. Termine "
        "primero la importación.",
    ),
    "rebuild_stale": (
        "Somebody wrote to this account meanwhile. Run the same command again, and look once more.",
        "Alguien escribió en esta cuenta entretanto. Ejecute de nuevo el mismo comando y vuelva a mirar.",
    ),
    "reference_shared": (
        "This client has two payments with this reference. Name the payment's id, "
        "as `export --format csv` lists it.",
        "Este cliente tiene dos pagos con esta referencia. Indique el id del pago, como lo muestra "
        "`export --format csv`.",
    ),
    "refund_elsewhere": (
        "This payment was taken outside Billfold. Give the money back there, and post the refund here.",
        "Este pago se recibió fuera de Billfold. Devuelva el dinero allí y registre aquí el reembolso.",
    ),
    "refund_above_remainder": (
        "That is more than is left of this payment to refund.",
        "Es más de lo que queda por devolver de este pago.",
    ),
    "refund_stale": (
        "Nothing was refunded: what is left of this payment was not said, or has changed since. "
        "Refunds so far: {refunds}; under way: {under_way}; left to refund: {left}.",
        "No se devolvió nada: no se indicó lo que queda de este pago, o ha cambiado desde entonces. "
        "Reembolsos hasta ahora: {refunds}; en curso: {under_way}; queda por devolver: {left}.",
    ),
    "refund_reversed": (
        "Nothing was refunded: PayPal said on {on} that money of this payment was taken back, and does not "
        "show yet how much. Ask again once it does. If you have seen at PayPal that nothing was taken, "
        "add --anyway.",
        "No se devolvió nada: PayPal avisó el {on} de que se retiró dinero de este pago, y aún no muestra "
        "cuánto. Pida el reembolso de nuevo cuando lo muestre. Si ha visto en PayPal que no se retiró nada, "
        "añada --anyway.",
    ),
    "refund_unknown": (
        "Whether the refund {id} was made is not known yet. It is looked for; ask again in an hour.",
        "Aún no se sabe si se hizo el reembolso {id}. Se está buscando; pregunte de nuevo en una hora.",
    ),
    "refund_failed": (
        "This refund failed, or was not made: the money stayed with the practice. "
        "To try again, use another id.",
        "Este reembolso falló, o no se hizo: el dinero sigue en el consultorio. "
        "Para reintentarlo, use otro id.",
    ),
    "charge_reversed": (
        "This service was taken back, so nothing more can be posted to it.",
        "Este servicio se anuló, así que ya no se le puede registrar nada.",
    ),
    "charge_without_fee": (
        "This service is free. Undo it and post it with its fee.",
        "Este servicio no tiene cargo. Anúlelo y regístrelo con su importe.",
    ),
    "entry_in_use": (
        "Something posted later rests on this entry: a payment, correction or other entry of its charge, or "
        "money given back of it. `billfold entries` lists them; undo that first, or post an adjustment.",
        "Algo registrado después depende de este asiento: un pago, una corrección u otro asiento de su "
        "cargo, o dinero devuelto de él. `billfold entries` los muestra; anule eso primero o registre un "
        "ajuste.",
    ),
    "drop_not_found": (
        "No files wait under that id. The files may have changed since: those are looked at anew, and "
        "`billfold imports` lists them.",
        "Ningún archivo espera con ese id. Quizá los archivos cambiaron: esos se revisan de nuevo y "
        "`billfold imports` los muestra.",
    ),
    "import_not_found": (
        "No import has this id; `billfold imports` lists them.",
        "Ninguna importación tiene este id; `billfold imports` las muestra.",
    ),
    "import_not_ended": (
        "This import was broken off. Run its files again first, then undo it.",
        "Esta importación quedó a medias. Repita primero sus archivos y después deshágala.",
    ),
    "import_without_entries": (
        "Nothing of this import is left to undo: clients stay, and the rest was taken back since.",
        "De esta importación no queda nada por deshacer: los clientes se quedan y lo demás ya se anuló.",
    ),
    "import_in_use": (
        "Something came to rest on it just now; nothing was undone. Run the command again to see what.",
        "Algo acaba de apoyarse en ella; no se deshizo nada. Repita la orden para ver qué.",
    ),
    "facts_unchanged": (
        "Nothing would change: the charge says that already.",
        "No cambiaría nada: el cargo ya lo dice.",
    ),
    "entry_not_found": (
        "There is no such entry in this account.",
        "No existe ese asiento en esta cuenta.",
    ),
    "reversal_at_processor": (
        "The card processor moved this money. Refund the payment there; the books follow it.",
        "El procesador de tarjetas movió este dinero. Devuelva el pago allí; los libros lo siguen.",
    ),
    "reversal_of_facts": (
        "Facts that were corrected are corrected again, not undone.",
        "Los datos corregidos se corrigen otra vez; no se anulan.",
    ),
    "reversal_of_transfer": (
        "Credit that was moved to another account is moved back by another transfer.",
        "El saldo a favor trasladado a otra cuenta se devuelve con otro traslado.",
    ),
    "same_account": (
        "Choose two different accounts.",
        "Elija dos cuentas distintas.",
    ),
    "reversal_of_reversal": (
        "A reversal cannot be reversed; post the entry again.",
        "Una anulación no se puede anular; registre el asiento de nuevo.",
    ),
    "too_many_open_items": (
        "An account has {limit} unpaid services at most. Post what was paid of the older ones, adjust "
        "them, or bring in what is owed for them as one opening balance.",
        "Una cuenta tiene {limit} servicios sin pagar como máximo. Registre lo que se pagó de los más "
        "antiguos, ajústelos o traiga lo que se debe por ellos como un solo saldo inicial.",
    ),
    "insurance_above_expected": (
        "That is more than was expected of the insurer. If it is right, say so by above_expected.",
        "Es más de lo que se esperaba de la aseguradora. Si es correcto, indíquelo con above_expected.",
    ),
    "contractual_above_fee": (
        "More cannot be lost by contract than is left of the fee.",
        "No se puede perder por contrato más de lo que queda del honorario.",
    ),
    "transfer_above_insurance": (
        "That is more than the insurer's part of this service.",
        "Es más que la parte del seguro en este servicio.",
    ),
    "write_off_above_owed": (
        "That is more than is owed for this service.",
        "Es más de lo que se debe por este servicio.",
    ),
    "estimate_begun": (
        "An estimate begins today or later, and its first appointment not before it.",
        "Una estimación empieza hoy o más tarde, y su primera cita no antes que ella.",
    ),
    "estimate_clinician": (
        "This practice has no clinician {clinician}.",
        "Este consultorio no tiene al profesional {clinician}.",
    ),
    "estimate_incomplete": (
        "Enter first what the law wants on an estimate: {missing}. The practice's file or clients.csv has "
        "it.",
        "Registre primero lo que la ley exige en una estimación: {missing}. El archivo del consultorio o "
        "clients.csv lo admiten.",
    ),
    "estimate_line": (
        "A line has the clinician's id, how many times, the fee, the service, and perhaps its code.",
        "Una línea tiene el id del profesional, cuántas veces, la tarifa, el servicio y quizá su código.",
    ),
    "estimate_lines": (
        "An estimate has 1 to {most} services.",
        "Una estimación tiene de 1 a {most} servicios.",
    ),
    "estimate_months": (
        "An estimate is for 1 to {most} months.",
        "Una estimación es para 1 a {most} meses.",
    ),
    "estimate_not_found": ("There is no such estimate.", "No existe esa estimación."),
    "estimate_not_self_pay": (
        "Good faith estimates are for clients whose coverage is self_pay.",
        "Las estimaciones de buena fe son para clientes con cobertura self_pay.",
    ),
    "estimate_not_wanted": (
        "The law wants no estimate for a service that is less than {least} business days ahead, unless the "
        "client asks for one.",
        "La ley no exige estimación para un servicio que es en menos de {least} días hábiles, salvo que el "
        "cliente la pida.",
    ),
    "estimate_request_days": (
        "Say on which day the client asked, or on which day a service was scheduled and for which day; none "
        "but the last may be still to come.",
        "Indique qué día la pidió el cliente, o qué día se programó un servicio y para cuál; solo este "
        "último puede estar por venir.",
    ),
    "estimate_request_issued": (
        "Estimate {estimate} has answered that request.",
        "La estimación {estimate} ya respondió a esa solicitud.",
    ),
    "estimate_request_not_found": ("There is no such request.", "No existe esa solicitud."),
    "estimate_request_reason": (
        "Say why in 1 to {most} characters.",
        "Diga por qué en 1 a {most} caracteres.",
    ),
    "estimate_requests_many": (
        "This client has {most} requests for an estimate that wait.",
        "Este cliente tiene {most} solicitudes de estimación en espera.",
    ),
    "estimate_quantity": (
        "A service is expected 1 to {most} times.",
        "Un servicio se prevé de 1 a {most} veces.",
    ),
    "order_file_large": (
        "This release is larger than what can be kept.",
        "Esta versión es más grande de lo que se puede guardar.",
    ),
    "order_file_line": (
        "Line {line} is not one of CMS's order files of ICD-10-CM.",
        "La línea {line} no es de un archivo “order” de la CIE-10-MC de CMS.",
    ),
    "order_file_repeats": (
        "Line {line} has a code that an earlier line has.",
        "La línea {line} tiene un código que ya está en una línea anterior.",
    ),
    "order_file_small": (
        "The file has {count} billable codes. A release has {fewest} at least: part of it may be missing.",
        "El archivo tiene {count} códigos facturables. Una versión tiene al menos {fewest}: puede faltar "
        "una parte.",
    ),
    "release_date": (
        "Give the day from which the release is valid, like 2026-10-01: not before {earliest}, and not more "
        "than a year ahead.",
        "Indique el día desde el que vale la versión, como 2026-10-01: no antes de {earliest} ni con más de "
        "un año de anticipación.",
    ),
    "release_shipped": (
        "The release of that day ships with Billfold.",
        "La versión de ese día viene con Billfold.",
    ),
}

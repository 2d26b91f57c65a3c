"""What people read when something cannot be done: one sentence per error code, and what to do next.

A code's first word pair is English, the second Spanish; keep the codes of a group in alphabetical order.
"""

from chalicelib.words.bookkeeping_errors import BOOKKEEPING_ERRORS
from chalicelib.words.guest_errors import GUEST_ERRORS
from chalicelib.words.host_errors import HOST_ERRORS
from chalicelib.words.method_errors import METHOD_ERRORS
from chalicelib.words.question_errors import QUESTION_ERRORS

WORDS: dict[str, tuple[str, str]] = {
    # the request
    "body_invalid": (
        "Something in this form is not filled in as expected.",
        "Algo en este formulario no está completado como se espera.",
    ),
    "body_too_large": ("That is too much text.", "Es demasiado texto."),
    "cursor_invalid": (
        "This list has changed. Open it again from the start.",
        "Esta lista ha cambiado. Ábrala de nuevo desde el principio.",
    ),
    "date_invalid": ("Enter a date that exists.", "Escriba una fecha que exista."),
    "date_range_reversed": (
        "The first date must not be after the last.",
        "La primera fecha no puede ser posterior a la última.",
    ),
    "email_invalid": (
        "Enter an e-mail address, like name@example.com.",
        "Escriba una dirección de correo, como nombre@example.com.",
    ),
    "field_invalid": (
        "This does not have the form that is expected here.",
        "Esto no tiene la forma que se espera aquí.",
    ),
    "field_missing": ("This is missing.", "Falta este dato."),
    "field_unknown": ("This is not asked for here.", "Este dato no se pide aquí."),
    "internal_error": (
        "Something went wrong on our side. Try again in a moment.",
        "Algo falló de nuestro lado. Inténtelo de nuevo en un momento.",
    ),
    "media_type": (
        "This request was not sent in the form we accept.",
        "Esta solicitud no se envió en la forma que aceptamos.",
    ),
    "method_not_allowed": ("This cannot be done here.", "Esto no se puede hacer aquí."),
    "origin_foreign": (
        "This request did not come from our own page. Open the page again.",
        "Esta solicitud no vino de nuestra propia página. Abra la página de nuevo.",
    ),
    "request_header_missing": (
        "This request did not come from our own page. Open the page again.",
        "Esta solicitud no vino de nuestra propia página. Abra la página de nuevo.",
    ),
    "row_unreadable": (
        "This row cannot be read: {item}. Somebody edited it, or another version of Billfold wrote it.",
        "No se puede leer esta fila: {item}. Alguien la modificó o la escribió otra versión de Billfold.",
    ),
    "record_stale": (
        "Somebody else has changed this meanwhile: {changed}. Look at it again, then make your change.",
        "Otra persona lo cambió entretanto: {changed}. Vuelva a verlo y haga después su cambio.",
    ),
    "route_not_found": ("There is nothing at this address.", "No hay nada en esta dirección."),
    "store_busy": (
        "We are very busy just now. Try again in a moment.",
        "Estamos muy ocupados en este momento. Inténtelo de nuevo en un momento.",
    ),
    "table_outdated": (
        "An earlier version of Billfold wrote this table, and this one does not read it. Make a new table "
        "and import again; in the sandbox: make reset.",
        "Una versión anterior de Billfold escribió esta tabla y esta no la lee. Cree una tabla nueva e "
        "importe otra vez; en el entorno de pruebas: make reset.",
    ),
    "too_many_requests": (
        "That was tried too often. Wait a few minutes, then try again.",
        "Se intentó demasiadas veces. Espere unos minutos e inténtelo de nuevo.",
    ),
    # signing in
    "code_expired": (
        "This code no longer works. Ask for a new one.",
        "Este código ya no sirve. Pida uno nuevo.",
    ),
    "code_format": (
        "A code has eight letters and digits, like ABCD-2345. Check it and type it again.",
        "Un código tiene ocho letras y cifras, como ABCD-2345. Revíselo y escríbalo de nuevo.",
    ),
    "code_or_token_required": (
        "Enter the code from the e-mail, or open the link in it.",
        "Escriba el código del correo, o abra el enlace que trae.",
    ),
    "code_wrong": (
        "That is not the code we sent. Check it and type it again.",
        "Ese no es el código que enviamos. Revíselo y escríbalo de nuevo.",
    ),
    "codes_paused": (
        "Codes cannot be typed just now, because somebody tried too many wrong ones. "
        "Open the link in the e-mail instead, in this browser.",
        "En este momento no se pueden escribir códigos, porque alguien probó demasiados equivocados. "
        "Abra el enlace del correo, en este mismo navegador.",
    ),
    "key_invalid": ("This key is not valid here.", "Esta clave no es válida aquí."),
    "link_invalid": (
        "This link no longer works. Sign in to see your receipts.",
        "Este enlace ya no sirve. Inicie sesión para ver sus recibos.",
    ),
    "link_locked": (
        "That was tried too often. Have a code e-mailed instead.",
        "Se intentó demasiadas veces. Pida un código por correo.",
    ),
    "link_over": (
        "Your time to pay by this link is over. Open it again to go on.",
        "Se acabó su tiempo para pagar con este enlace. Ábralo de nuevo para continuar.",
    ),
    "link_refused": (
        "That is not what the practice has, or this link no longer works.",
        "Eso no es lo que tiene el consultorio, o este enlace ya no sirve.",
    ),
    "other_browser": (
        "This browser did not ask for a code. Type the code where you started, or ask for a new one here.",
        "Este navegador no pidió un código. Escriba el código donde empezó, o pida uno nuevo aquí.",
    ),
    "session_required": ("Sign in to go on.", "Inicie sesión para continuar."),
    "staff_required": (
        "Only the practice's staff can do this.",
        "Solo el personal del consultorio puede hacer esto.",
    ),
    # what is asked for
    "account_not_found": ("There is no such account.", "No existe esa cuenta."),
    "account_updating": (
        "The practice is updating this account. Try again in a few minutes.",
        "El consultorio está actualizando esta cuenta. Inténtelo de nuevo en unos minutos.",
    ),
    "alert_not_found": ("There is no such alert.", "No existe esa alerta."),
    "charge_invoiced": (
        "This service is on invoice {number} already.",
        "Este servicio ya está en la factura {number}.",
    ),
    "charge_not_found": ("There is no such service.", "No existe ese servicio."),
    "client_not_found": ("There is no such client.", "No existe ese cliente."),
    "clinician_not_found": ("There is no such clinician.", "No existe ese profesional."),
    "document_missing": (
        "The file of this document is being made. Open it in a minute. If it still does not open then, "
        "contact the practice.",
        "El archivo de este documento se está creando. Ábralo en un minuto. Si aun así no se abre, "
        "comuníquese con el consultorio.",
    ),
    "due_date_early": (
        "An invoice cannot be due before the day it is issued.",
        "Una factura no puede vencer antes del día en que se emite.",
    ),
    "invoice_not_found": ("There is no such invoice.", "No existe esa factura."),
    "invoice_void": (
        "This invoice is void. Nothing is to be paid on it.",
        "Esta factura está anulada. No hay que pagar nada por ella.",
    ),
    "nothing_to_invoice": (
        "There is nothing to invoice: all that is owed is on an invoice already, or nothing is owed.",
        "No hay nada que facturar: todo lo que se debe ya está en una factura, o no se debe nada.",
    ),
    "superbill_empty": (
        "There is no service in these days that a superbill has.",
        "No hay en estos días ningún servicio que vaya en un comprobante para el seguro.",
    ),
    "superbill_incomplete": (
        "Something is missing for this superbill: `billfold superbill missing` names it.",
        "Falta algo para este comprobante: `billfold superbill missing` dice qué.",
    ),
    "superbill_not_found": ("There is no such superbill.", "No existe ese comprobante para el seguro."),
    "superbill_unchanged": (
        "A new superbill would say the same as this one.",
        "Un comprobante nuevo diría lo mismo que este.",
    ),
    "superbill_void": (
        "This superbill does not stand any more: it is void, or another one replaces it.",
        "Este comprobante ya no es válido: está anulado, o lo sustituye otro.",
    ),
    "superbills_hidden": (
        "Only the client sees these documents. To see them, too, ask the practice.",
        "Solo el cliente ve estos documentos. Para verlos también, pregunte al consultorio.",
    ),
    "superbill_days_ahead": (
        "A superbill covers days that have come: its last day cannot be after today.",
        "Un comprobante para el seguro abarca días que ya llegaron: el último no puede ser posterior a hoy.",
    ),
    "too_many_superbills": (
        "This account has {limit} superbills. No more can be issued.",
        "Esta cuenta tiene {limit} comprobantes para el seguro. No se pueden emitir más.",
    ),
    "too_many_invoiced": (
        "This account has {limit} services on invoices. No more can be invoiced.",
        "Esta cuenta tiene {limit} servicios en facturas. No se pueden facturar más.",
    ),
    "document_not_found": ("There is no such document.", "No existe ese documento."),
    "mail_refused": (
        "E-mail to this address is refused. Check the address.",
        "El correo a esta dirección es rechazado. Revise la dirección.",
    ),
    "payment_not_found": ("There is no such payment.", "No existe ese pago."),
    "person_not_found": (
        "Nobody at this practice has that e-mail address.",
        "Nadie en este consultorio tiene esa dirección de correo.",
    ),
    "practice_exists": (
        "The table has rows of this practice: a restore is for one that has none.",
        "La tabla tiene filas de este consultorio: solo se restaura uno que no tiene ninguna.",
    ),
    "key_in_use": (
        "The version before still has {count} sessions, sign-ins or links, the last until {until}. Retire it "
        "then, or drop it at once with --leaked.",
        "La versión anterior tiene aún {count} sesiones, accesos o enlaces, el último hasta el {until}. "
        "Retírela entonces, o elimínela ya con --leaked.",
    ),
    "key_malformed": (
        "This is no lookup-key: one has 64 hexadecimal digits.",
        "Esto no es una lookup-key: tiene 64 dígitos hexadecimales.",
    ),
    "key_rotating": (
        "This key was changed already. Retire the one before first, with --retire.",
        "Esta clave ya se cambió. Retire antes la anterior con --retire.",
    ),
    "key_single": (
        "There is no key before this one that could be retired.",
        "No hay ninguna clave anterior que se pueda retirar.",
    ),
    "key_too_new": (
        "The new key has not been in force for long enough. Try again in {retry_after_seconds} seconds.",
        "La clave nueva lleva poco tiempo en uso. Inténtelo de nuevo en {retry_after_seconds} segundos.",
    ),
    "format_unread": (
        "This table is written in format {stored}, and this release reads {reads}. Nothing was changed. Use "
        "a release that reads format {stored} (docs/upgrades.md).",
        "Esta tabla se escribe en el formato {stored}, y esta versión lee el {reads}. No se cambió nada. Use "
        "una versión que lea el formato {stored} (docs/upgrades.md).",
    ),
    "format_too_new": (
        "The format has not been in force for long enough: the one before may still be written. Try again in "
        "{retry_after_seconds} seconds.",
        "El formato lleva poco tiempo en uso: todavía puede escribirse el anterior. Inténtelo de nuevo en "
        "{retry_after_seconds} segundos.",
    ),
    "rows_former": (
        "Rows may be of a format before {format}, which nobody would read ({practices} practices). Run "
        "billfold migrate first.",
        "Puede haber filas en un formato anterior al {format}, que nadie leería ({practices} consultorios). "
        "Ejecute antes billfold migrate.",
    ),
    "release_unknown": (
        "Nothing says which release runs here. Deploy this release first: its deployment says that it "
        "reads format {format}.",
        "Nada indica qué versión funciona aquí. Despliegue antes esta versión: su despliegue indica que lee "
        "el formato {format}.",
    ),
    "release_older": (
        "The release that was deployed last reads format {reads}, not {format}. Deploy this one first.",
        "La última versión desplegada lee el formato {reads}, no el {format}. Despliegue antes esta.",
    ),
    "restore_unfinished": (
        "A restore of this practice was broken off. Finish it first: restore that same file again.",
        "La restauración de este consultorio quedó a medias. Termínela antes: restaure otra vez ese archivo.",
    ),
    "backup_version": (
        "Another version of Billfold wrote this file: its rows are of format {format}, and this one reads "
        "{reads}. Restore it with the version that wrote it.",
        "Otra versión de Billfold escribió este archivo: sus filas tienen el formato {format} y esta lee el "
        "{reads}. Restáurelo con la versión que lo escribió.",
    ),
    "backup_damaged": (
        "The file is not a whole export of this version: it was cut short, altered, or is something else.",
        "El archivo no es una exportación completa de esta versión: está cortado, alterado o es otra cosa.",
    ),
    "backup_key_differs": (
        "The file is sealed under the key {key}, and the one given is {given}. Give the lookup-key of the "
        "deployment that wrote the file, as it was then.",
        "El archivo está sellado con la clave {key} y la que se dio es {given}. Dé la lookup-key de la "
        "instalación que escribió el archivo, tal como era entonces.",
    ),
    "backup_key_unknown": (
        "The file says that it is sealed under the key {key}; this deployment's is {given}. Another "
        "deployment wrote it, or this one before its key was changed, or somebody altered it: only that key "
        "tells. "
        "Bring the lookup-key of then, with --key. Where it is lost, --unproven takes the file as it is.",
        "El archivo dice estar sellado con la clave {key}; la de esta instalación es {given}. Lo escribió "
        "otra instalación, o esta antes de cambiar la clave, o alguien lo alteró: solo esa clave lo dice. "
        "Traiga la lookup-key de entonces, con --key. Si se perdió, --unproven acepta el archivo como está.",
    ),
    "backup_row_foreign": (
        "Line {line} is not a row of the practice that the file names.",
        "La línea {line} no es una fila del consultorio que el archivo nombra.",
    ),
    "processor_not_found": ("There is no such payment processor.", "No existe ese procesador de pagos."),
    "way_unavailable": (
        "This way to pay is not offered here. Choose another one.",
        "Esta forma de pago no se ofrece aquí. Elija otra.",
    ),
    "practice_not_found": ("There is no such practice.", "No existe ese consultorio."),
    "receipt_not_ready": (
        "The receipt is not ready yet. It takes about a minute after a payment.",
        "El recibo todavía no está listo. Tarda alrededor de un minuto después de un pago.",
    ),
    # paying
    "amount_above_limit": (
        "Enter {most} at most. More cannot be paid here at once.",
        "Escriba {most} como máximo. No se puede pagar más de una vez.",
    ),
    "amount_above_owed": (
        "Enter {most} at most. More cannot be paid for this service.",
        "Escriba {most} como máximo. No se puede pagar más por este servicio.",
    ),
    "amount_above_payable": (
        "Enter {most} at most. More cannot be paid online now.",
        "Escriba {most} como máximo. No se puede pagar más en línea ahora.",
    ),
    "amount_below_minimum": (
        "Enter at least {least}, or pay this together with something else.",
        "Escriba al menos {least}, o páguelo junto con otra cosa.",
    ),
    "amount_invalid": (
        "Enter an amount greater than zero, like {like}.",
        "Escriba un importe mayor que cero, como {like}.",
    ),
    "amount_leaves_too_little": (
        "Pay {whole}, or {most} at most. Less than {least} cannot be paid alone, so no less may be left.",
        "Pague {whole}, o {most} como máximo. Menos de {least} no se puede pagar aparte, así que no puede "
        "quedar menos.",
    ),
    "amount_step": (
        "In this currency the last decimal must be 0, like 12.350.",
        "En esta moneda el último decimal debe ser 0, como 12.350.",
    ),
    "amount_not_editable": (
        "Several services are paid in full. To pay part of one, choose it alone.",
        "Varios servicios se pagan por completo. Para pagar una parte de uno, elíjalo solo.",
    ),
    "amount_whole_only": (
        "Pay {whole}. Less than {least} cannot be paid alone, so no part of it may be left.",
        "Pague {whole}. Menos de {least} no se puede pagar aparte, así que no puede quedar una parte.",
    ),
    "charge_not_open": (
        "Nothing is owed for this service any more.",
        "Ya no se debe nada por este servicio.",
    ),
    "charge_not_payable": (
        "This service cannot be paid now. It may be paid already.",
        "Este servicio no se puede pagar ahora. Es posible que ya esté pagado.",
    ),
    "clinician_payments_disabled": (
        "This clinician does not take payments online. Contact the practice.",
        "Este profesional no acepta pagos en línea. Comuníquese con el consultorio.",
    ),
    "idempotency_key_missing": (
        "This payment was not sent as expected. Open the page again; nothing was charged.",
        "Este pago no se envió como se espera. Abra la página de nuevo; no se cobró nada.",
    ),
    "idempotency_key_reused": (
        "This payment was changed after it was sent. Open the page again to see what was paid.",
        "Este pago se cambió después de enviarlo. Abra la página de nuevo para ver lo que se pagó.",
    ),
    "item_in_flight": (
        "A payment for this is on its way. Wait until it is done.",
        "Un pago por esto está en camino. Espere hasta que termine.",
    ),
    "nothing_to_pay": ("There is nothing to pay now.", "No hay nada que pagar ahora."),
    "payment_state": (
        "This payment has already gone on. Open the page again to see where it stands.",
        "Este pago ya ha avanzado. Abra la página de nuevo para ver cómo está.",
    ),
    "payments_disabled": (
        "This practice does not take payments online. Contact the practice.",
        "Este consultorio no acepta pagos en línea. Comuníquese con el consultorio.",
    ),
    "processor_refused": (
        "The payment service refused this. Nothing was charged; contact the practice.",
        "El servicio de pagos rechazó esto. No se cobró nada; comuníquese con el consultorio.",
    ),
    "processor_unavailable": (
        "The payment service does not answer. We are checking; do not pay again yet.",
        "El servicio de pagos no responde. Lo estamos comprobando; no pague otra vez por ahora.",
    ),
    "quote_stale": (
        "What you owe has changed. Check the new amount, then go on.",
        "Lo que usted debe ha cambiado. Revise el nuevo importe y continúe.",
    ),
    "too_many_payments": (
        "Many payments were begun within the last hour, so this one has to wait. Nothing was charged for it; "
        "you can go on in {minutes} min.",
        "En la última hora se iniciaron muchos pagos, así que este tiene que esperar. Por él no se cobró "
        "nada; podrá continuar en {minutes} min.",
    ),
    "too_many_summaries": (
        "You have opened many summaries within the last hour. You can open another one in {minutes} min.",
        "Abrió muchos resúmenes en la última hora. Podrá abrir otro en {minutes} min.",
    ),
    "webhook_invalid": ("This message is not from the processor.", "Este mensaje no es del procesador."),
    **BOOKKEEPING_ERRORS,
    **GUEST_ERRORS,
    **HOST_ERRORS,
    **METHOD_ERRORS,
    **QUESTION_ERRORS,
}

"""What e-mails say. Subjects show on lock screens: nothing about care in them, nor the practice's name."""

MAILS: dict[str, tuple[str, str]] = {
    "sign_in_subject": ("Your sign-in code", "Su código de acceso"),
    "sign_in_intro": (
        "This is how you get into your account with {practice}.",
        "Así entra usted en su cuenta con {practice}.",
    ),
    "sign_in_link": ("Sign in with this link", "Inicie sesión con este enlace"),
    "sign_in_code": (
        "Or type this code on the page where you asked for it:",
        "O escriba este código en la página donde lo pidió:",
    ),
    "sign_in_limits": (
        "Either works once, for {minutes} minutes, and only in the browser where you asked.",
        "Sirven una sola vez, durante {minutes} minutos, y solo en el navegador donde los pidió.",
    ),
    "sign_in_ignore": (
        "If you did not ask for this, you can ignore this e-mail. "
        "Do not give the code to anyone: we never ask for it.",
        "Si usted no lo pidió, puede ignorar este correo. "
        "No dé el código a nadie: nosotros nunca se lo pedimos.",
    ),
    "pay_code_subject": ("Your code to pay a bill", "Su código para pagar una factura"),
    "pay_code_intro": (
        "This is how you go on to pay a bill of {practice}.",
        "Así sigue usted para pagar una factura de {practice}.",
    ),
    "pay_code_link": ("Pay the bill with this link", "Pague la factura con este enlace"),
    "pay_code_code": (
        "Or type this code on the page where you asked for it:",
        "O escriba este código en la página donde lo pidió:",
    ),
    "pay_code_limits": (
        "Either works once, for {minutes} minutes.",
        "Sirven una sola vez, durante {minutes} minutos.",
    ),
    "pay_code_ignore": (
        "If you did not ask for this, somebody may hold a bill of yours: without this code they see nothing. "
        "Do not give it to anyone whom you do not want to pay for you.",
        "Si usted no lo pidió, puede que alguien tenga una factura suya: sin este código no verá nada. "
        "No lo dé a nadie que no quiera que pague por usted.",
    ),
    "guest_receipts_subject": ("Your payment receipts", "Sus recibos de pago"),
    "guest_receipts_intro": (
        "These are the receipts of what was paid from this address within a year, as PDFs.",
        "Estos son los recibos de lo que se pagó desde esta dirección en un año, en PDF.",
    ),
    "guest_receipts_ignore": (
        "If you did not ask for this, you can ignore this e-mail.",
        "Si usted no lo pidió, puede ignorar este correo.",
    ),
    "receipt_subject": ("Your payment receipt", "Su recibo de pago"),
    "receipt_done": (
        "Thank you. This is exactly what was charged. "
        "Nothing was added, and nothing else will be charged for it.",
        "Gracias. Esto es exactamente lo que se cobró. "
        "No se añadió nada y no se cobrará nada más por este pago.",
    ),
    "receipt_link": ("See your receipt as a PDF", "Vea su recibo en PDF"),
    "statement_subject": ("Your statement is ready", "Su estado de cuenta está listo"),
    "statement_intro": (
        "You have a new statement. Sign in to see, print or download it.",
        "Usted tiene un nuevo estado de cuenta. Inicie sesión para verlo, imprimirlo o descargarlo.",
    ),
    "statement_link": ("Go to your documents", "Vaya a sus documentos"),
    "estimate_subject": ("You have a new good faith estimate", "Tiene una nueva estimación de buena fe"),
    "estimate_intro": (
        "You have a new good faith estimate. Sign in to see, print or download it.",
        "Usted tiene una nueva estimación de buena fe. Inicie sesión para verla, imprimirla o descargarla.",
    ),
    "estimate_link": ("Go to your documents", "Vaya a sus documentos"),
    "invoice_subject": ("You have a new invoice", "Tiene una factura nueva"),
    "invoice_intro": (
        "You have a new invoice. Sign in to see, pay, print or download it.",
        "Usted tiene una factura nueva. Inicie sesión para verla, pagarla, imprimirla o descargarla.",
    ),
    "invoice_link": ("Go to your invoice", "Vaya a su factura"),
    "invoices_subject": ("You have new invoices", "Tiene facturas nuevas"),
    "invoices_intro": (
        "You have new invoices. Sign in to see, pay, print or download them.",
        "Usted tiene facturas nuevas. Inicie sesión para verlas, pagarlas, imprimirlas o descargarlas.",
    ),
    "invoices_link": ("Go to your invoices", "Vaya a sus facturas"),
    "document_subject": ("You have a new document", "Tiene un documento nuevo"),
    "document_intro": (
        "You have a new document. Sign in to see, print or download it.",
        "Usted tiene un documento nuevo. Inicie sesión para verlo, imprimirlo o descargarlo.",
    ),
    "document_link": ("Go to your document", "Vaya a su documento"),
    "documents_subject": ("You have new documents", "Tiene documentos nuevos"),
    "documents_intro": (
        "You have new documents. Sign in to see, print or download them.",
        "Usted tiene documentos nuevos. Inicie sesión para verlos, imprimirlos o descargarlos.",
    ),
    "documents_link": ("Go to your documents", "Vaya a sus documentos"),
    "reminder_subject": ("An invoice is past its due date", "Una factura está vencida"),
    "reminder_intro": (
        "You have an invoice that is past its due date. Sign in to see or pay it. If you have paid it "
        "already, or have a question about it, tell the practice there: "
        "until it answers you get no reminder.",
        "Usted tiene una factura vencida. Inicie sesión para verla o pagarla. Si ya la pagó, o si tiene una "
        "pregunta, dígaselo allí al consultorio: hasta que responda no recibirá recordatorios.",
    ),
    "reminder_link": ("See the invoice", "Vea la factura"),
    "reminder_pay": ("Pay without signing in", "Pague sin iniciar sesión"),
    "reminder_paid": ("Already paid? Tell us", "¿Ya la pagó? Díganoslo"),
    "records_subject": ("Your billing records are ready", "Su historial de facturación está listo"),
    "records_intro": (
        "The billing records that you asked for are ready. Sign in to download them, within a week.",
        "El historial de facturación que usted pidió está listo. Inicie sesión para descargarlo, en el plazo "
        "de una semana.",
    ),
    "returned_subject": ("A payment was not completed", "Un pago no se completó"),
    "returned_intro": (
        "A payment you made online could not be completed, so it has paid nothing. "
        "Sign in to see which one, and what to do.",
        "Un pago que usted hizo en línea no se pudo completar, así que no ha pagado nada. "
        "Inicie sesión para ver cuál es y qué hacer.",
    ),
    "returned_link": ("Go to Billing", "Ir a Facturación"),
    "returned_guest_intro": (
        "A payment you made online could not be completed, so it has paid nothing. "
        "You can pay again on the practice's page.",
        "Un pago que usted hizo en línea no se pudo completar, así que no ha pagado nada. "
        "Puede pagar de nuevo en la página del consultorio.",
    ),
    "returned_guest_link": ("Go to the practice's page", "Ir a la página del consultorio"),
    "question_subject": ("A question is waiting", "Hay una pregunta pendiente"),
    "question_intro": (
        "A question about an account is waiting for an answer. This command shows it:",
        "Una pregunta sobre una cuenta espera respuesta. Este comando la muestra:",
    ),
    "question_answer": (
        "Answer it with `billfold questions answer`, not by replying to this e-mail: the answer then stands "
        "where the question was asked.",
        "Respóndala con `billfold questions answer`, no contestando este correo: así la respuesta aparece "
        "donde se hizo la pregunta.",
    ),
    "answer_subject": ("Your question was answered", "Respondieron a su pregunta"),
    "answer_intro": (
        "There is an answer to a question you asked online. Sign in to read it.",
        "Hay una respuesta a una pregunta que usted hizo en línea. Inicie sesión para leerla.",
    ),
    "answer_link": ("Go to your questions", "Vaya a sus preguntas"),
    "questions": (
        "Questions? Reply to this e-mail or call {phone}.",
        "¿Preguntas? Responda a este correo o llame al {phone}.",
    ),
    "questions_no_phone": ("Questions? Reply to this e-mail.", "¿Preguntas? Responda a este correo."),
    "owner_subject": ("Your practice on Billfold", "Su consultorio en Billfold"),
    "owner_intro": (
        "{host} has set up {practice} on Billfold, where clients see and pay their bills, and names you "
        "as its "
        "owner.",
        "{host} ha preparado {practice} en Billfold, donde los clientes ven y pagan sus facturas, y le "
        "nombra a "
        "usted como titular.",
    ),
    "owner_link": ("See the practice's page", "Vea la página del consultorio"),
    "owner_code": (
        "Your host will ask you for this code, by phone or in person. Tell it to nobody else:",
        "Su anfitrión le pedirá este código, por teléfono o en persona. No lo diga a nadie más:",
    ),
    "owner_next": (
        "Next, open an account at Stripe, at PayPal, or both, in your practice's own name: clients' "
        "money goes "
        "there, and never to your host. Do not send keys or passwords by e-mail.",
        "A continuación abra una cuenta en Stripe, en PayPal o en ambos, a nombre de su consultorio: el "
        "dinero "
        "de los clientes va allí, nunca a su anfitrión. No envíe claves ni contraseñas por correo.",
    ),
    "owner_agreements": (
        "Before the first real client is entered, sign with {host} what you agree on: a business associate "
        "agreement, who can read what, backups, what happens after a breach, and what you get at the end.",
        "Antes de registrar al primer cliente real, firme con {host} lo que acuerden: un acuerdo de asociado "
        "comercial (BAA), quién puede leer qué, las copias, qué ocurre tras una filtración y qué recibe "
        "usted al "
        "final.",
    ),
    "owner_clients": (
        "Answer this mail to ask your host. Do not write of clients in it.",
        "Responda a este correo para consultar a su anfitrión. No escriba en él sobre clientes.",
    ),
    "owner_ignore": (
        "If you do not know this host, ignore this mail: nothing was opened in your name.",
        "Si no conoce a este anfitrión, ignore este correo: no se abrió nada a su nombre.",
    ),
}

"""What the `billfold remittance` command says: what is wrong with a file, what is left to a person, and what
it came to. Amounts are put in as texts with their currency."""

REMITTANCES: dict[str, tuple[str, str]] = {
    # what refuses a file; nothing of any file is written
    "remittance_not_x12": (
        "This is no X12 file: an 835 begins with ISA.",
        "Esto no es un archivo X12: un 835 empieza con ISA.",
    ),
    "remittance_version": (
        "“{found}” is not the 835 that HIPAA has (HP, 005010X221A1).",
        "“{found}” no es el 835 que fija HIPAA (HP, 005010X221A1).",
    ),
    "remittance_empty": ("No payment is in the file.", "El archivo no tiene ningún pago."),
    "remittance_cut_off": (
        "The file ends in the middle. Fetch it again.",
        "El archivo termina a la mitad. Descárguelo de nuevo.",
    ),
    "remittance_unbalanced": (
        "Payment {trace} does not add up: what is paid is {difference} apart from its claims and provider "
        "adjustments. Ask the insurer for it again.",
        "El pago {trace} no cuadra: lo pagado difiere en {difference} de sus reclamaciones y ajustes al "
        "proveedor. Pídalo de nuevo a la aseguradora.",
    ),
    "remittance_not_paid": (
        "Payment {trace} is only announced (BPR01 is H): no money comes with it.",
        "El pago {trace} solo está anunciado (BPR01 es H): no trae dinero.",
    ),
    "remittance_future": (
        "The payment is of {date}, which is to come. Bring the file in on that day.",
        "El pago es del {date}, que aún no llega. Importe el archivo ese día.",
    ),
    "remittance_currency": (
        "The file is in {found}, the practice in {expected}.",
        "El archivo está en {found}; el consultorio, en {expected}.",
    ),
    "segment_too_long": (
        "A segment does not end. The file is damaged or no X12.",
        "Un segmento no termina. El archivo está dañado o no es X12.",
    ),
    "segment_unknown": (
        "An 835 has no such segment here, and it may be money.",
        "Un 835 no tiene este segmento aquí, y podría ser dinero.",
    ),
    "segment_repeated": ("The segment is there twice.", "El segmento aparece dos veces."),
    "segment_misplaced": ("The segment is of no claim.", "El segmento no es de ninguna reclamación."),
    "segments_too_many": (
        "A claim has more {name} segments than an 835 allows.",
        "Una reclamación tiene más segmentos {name} de los que permite un 835.",
    ),
    "segments_miscounted": (
        "The file counts {said} segments, there are {found}: some are lost.",
        "El archivo cuenta {said} segmentos y hay {found}: falta alguno.",
    ),
    "envelope_miscounted": (
        "The file says that it holds {said} here, there are {found}: something is lost.",
        "El archivo dice que aquí contiene {said} y hay {found}: falta algo.",
    ),
    "element_amount": ("{element} is no amount.", "{element} no es un importe."),
    "element_date": ("{element} is no date.", "{element} no es una fecha."),
    "element_missing": (
        "{element} is missing, or is nothing that may stand there.",
        "Falta {element}, o no es nada que pueda estar ahí.",
    ),
    # what is left to a person
    "payee_other": (
        "The payment is to {payee}, which is not this practice by its numbers; nothing of it is posted.",
        "El pago es para {payee}, que por sus números no es este consultorio; no se asienta nada de él.",
    ),
    "claim_denied": ("The claim is denied ({reasons}).", "La reclamación fue denegada ({reasons})."),
    "claim_forwarded": (
        "The insurer sent the claim to another one and decided nothing.",
        "La aseguradora envió la reclamación a otra y no decidió nada.",
    ),
    "claim_status": (
        "The claim's status {status} is none that is posted.",
        "El estado {status} de la reclamación no es de los que se asientan.",
    ),
    "claim_adjusted_whole": (
        "The insurer adjusts the claim as a whole ({reasons}), and it has several lines: which it is of, it "
        "does not say.",
        "La aseguradora ajusta la reclamación entera ({reasons}) y esta tiene varias líneas: no dice de "
        "cuál es.",
    ),
    "claim_unbalanced": (
        "The claim does not add up: charged, paid and adjusted ({reasons}).",
        "La reclamación no cuadra: lo cobrado, lo pagado y lo ajustado ({reasons}).",
    ),
    "line_denied": (
        "Nothing is paid ({reasons}). Send it again, appeal, or post what is decided by hand.",
        "No se paga nada ({reasons}). Envíela de nuevo, apele o asiente a mano lo que se decida.",
    ),
    "line_unmatched": (
        "No charge of this client has this date, code and amount.",
        "Ningún cargo de este cliente tiene esta fecha, código e importe.",
    ),
    "client_unmatched": (
        "No client is found by this number, name or member id.",
        "Ningún cliente se encuentra por este número, nombre o número de afiliado.",
    ),
    "client_ambiguous": (
        "It may be of more than one client ({clients}): name, member id or number do not tell them apart.",
        "Puede ser de más de un cliente ({clients}): ni el nombre, ni el número de afiliado, ni el de la "
        "reclamación los distinguen.",
    ),
    "line_ambiguous": ("It may be of more than one charge.", "Puede ser de más de un cargo."),
    "lines_of_one_charge": (
        "Several lines of the claim would be of the same charge.",
        "Varias líneas de la reclamación serían del mismo cargo.",
    ),
    "line_before_charge": (
        "The payment is dated before the charge.",
        "El pago tiene fecha anterior a la del cargo.",
    ),
    "line_answered": (
        "This insurer's answer of {on} ({reference}) stands for this charge. Another one is posted by hand, "
        "once somebody has looked.",
        "Para este cargo consta la respuesta de esta aseguradora del {on} ({reference}). Otra se asienta a "
        "mano, cuando alguien la haya revisado.",
    ),
    "line_of_another_id": (
        "The same payment stands for this charge under another id of the insurer (TRN03), of {on} "
        "({reference}).",
        "El mismo pago consta para este cargo con otro identificador de la aseguradora (TRN03), del {on} "
        "({reference}).",
    ),
    "line_answered_elsewhere": (
        "An insurer's answer of {on} ({reference}), which came by hand or from a report, stands for this "
        "charge. This one is posted by hand, once somebody has looked.",
        "Para este cargo consta una respuesta de una aseguradora del {on} ({reference}), que se asentó a "
        "mano o de un informe. Esta se asienta a mano, cuando alguien la haya revisado.",
    ),
    "line_posted_otherwise": (
        "This line was posted before with another amount ({stored} paid) or another part of the client.",
        "Esta línea se asentó antes con otro importe ({stored} pagado) o con otra parte del cliente.",
    ),
    "line_negative": (
        "An amount is below nil, and this is no reversal ({reasons}).",
        "Un importe está bajo cero y esto no es una anulación ({reasons}).",
    ),
    "line_beyond": (
        "It is more than is open of the charge: {expected} is expected of insurers, {client} is the "
        "client's. Was it posted by hand?",
        "Es más de lo que queda abierto del cargo: {expected} se espera de aseguradoras y {client} es del "
        "cliente. ¿Se asentó a mano?",
    ),
    "line_leaves_other": (
        "The client's part would not become {patient}, as the insurer says ({reasons}): now it is {client}, "
        "and {expected} is expected of insurers.",
        "La parte del cliente no quedaría en {patient}, como dice la aseguradora ({reasons}): ahora es "
        "{client} y se espera {expected} de aseguradoras.",
    ),
    "reversal_unknown": (
        "What the insurer takes back was not posted by a remittance: `billfold entries` and `post reverse`.",
        "Lo que la aseguradora anula no se asentó por una remesa: `billfold entries` y `post reverse`.",
    ),
    "reversal_differs": (
        "What the insurer takes back is not what was posted ({stored} paid).",
        "Lo que la aseguradora anula no es lo que se asentó ({stored} pagado).",
    ),
    "reversal_ambiguous": (
        "What the insurer takes back was posted more than once.",
        "Lo que la aseguradora anula se asentó más de una vez.",
    ),
    "line_refused": ("The books refuse it: {why}", "Los libros lo rechazan: {why}"),
    # what nobody has to see to
    "provider_adjustment": (
        "Provider adjustment {reason} {reference}: {money}, of no client and not posted. Positive is kept "
        "back, negative is paid on top.",
        "Ajuste al proveedor {reason} {reference}: {money}, de ningún cliente y sin asentar. Positivo se "
        "retiene, negativo se paga de más.",
    ),
    "interest": (
        "Claim {claim}: {money} of interest, not posted.",
        "Reclamación {claim}: {money} de intereses, sin asentar.",
    ),
    "code_changed": (
        "The insurer decided it as {decided}.",
        "La aseguradora la decidió como {decided}.",
    ),
    "line_forwarded": (
        "{money} more would be the client's; it stays with insurers, for the claim went on to the next one.",
        "{money} más serían del cliente; quedan con las aseguradoras, pues la reclamación pasó a la "
        "siguiente.",
    ),
    "reversed_before": (
        "The insurer takes back what is taken back already.",
        "La aseguradora anula lo que ya está anulado.",
    ),
    # the report
    "payment": (
        "{file}: {payer}, payment {trace} of {date} to {payee}, {money}, claims: {claims}",
        "{file}: {payer}, pago {trace} del {date} a {payee}, {money}, reclamaciones: {claims}",
    ),
    "at": ("{file}, segment {number}", "{file}, segmento {number}"),
    "line": (
        "claim {claim}, {date} {service}, charged {charged}, paid {paid}",
        "reclamación {claim}, {date} {service}, cobrado {charged}, pagado {paid}",
    ),
    "left": ("LEFT: {text}", "QUEDA: {text}"),
    "near": (
        "  may be: charge {charge} of client {client}, {date} {cpt}, {fee}",
        "  puede ser: cargo {charge} del cliente {client}, {date} {cpt}, {fee}",
    ),
    "refused": ("Refused; nothing was written.", "Rechazado; no se escribió nada."),
    "dry_run": ("Dry run: {summary}. Nothing was written.", "Ensayo: {summary}. No se escribió nada."),
    "done": ("Done: {summary}.", "Listo: {summary}."),
    "summary": (
        "{posted} posted, {taken_back} taken back, {nothing} without effect, {known} already there, "
        "{left} left",
        "{posted} asentadas, {taken_back} anuladas, {nothing} sin efecto, {known} ya estaban, {left} quedan",
    ),
    "import_id": ("This is import {id}.", "Es la importación {id}."),
    "overtaken": (
        "Of these, {count} lines were not posted after all: the books changed meanwhile.",
        "De estas, {count} líneas no se asentaron al final: los libros cambiaron mientras tanto.",
    ),
}

"""What a good faith estimate says beside the law's own statements, which are among the notices."""

ESTIMATES: dict[str, tuple[str, str]] = {
    "heading": ("Good faith estimate", "Estimación de buena fe"),
    "title": ("Good faith estimate from {practice}", "Estimación de buena fe de {practice}"),
    "file": ("good-faith-estimate-{date}.pdf", "estimacion-de-buena-fe-{date}.pdf"),
    "issued": ("Issued", "Emitida el"),
    "first": ("For services from", "Para servicios desde el"),
    "last": ("until", "hasta el"),
    "expected": ("Expected charges, all together", "Cargos previstos en total"),
    "client": ("Client", "Cliente"),
    "birth_date": ("Date of birth", "Fecha de nacimiento"),
    "primary": ("Primary service", "Servicio principal"),
    "scheduled": ("First appointment", "Primera cita"),
    "not_scheduled": ("not arranged yet", "todavía sin fecha"),
    "diagnoses": ("Diagnoses (ICD-10)", "Diagnósticos (CIE-10)"),
    "no_diagnosis": ("none known yet", "todavía ninguno"),
    "services": ("Expected services", "Servicios previstos"),
    "service": ("Service", "Servicio"),
    "quantity": ("Times", "Veces"),
    "each": ("Each", "Cada uno"),
    "total": ("Total", "Total"),
    "code": ("code {code}", "código {code}"),
    "from_clinician": ("From {name}", "De {name}"),
    "providers": ("Who gives these services", "Quién presta estos servicios"),
    "provider": ("Clinician", "Profesional"),
    "passed": (
        "This is about the estimate of {issued}, for services from {first} until {last}: {expected} was "
        "expected for services of {clinician}, and {charged} has been charged.",
        "Se trata de la estimación del {issued}, para servicios desde el {first} hasta el {last}: se "
        "preveían {expected} por servicios de {clinician}, y se han cargado {charged}.",
    ),
}

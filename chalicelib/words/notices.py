"""What law wants said, by the notices' ids; practice.domain.notices has where it is said, and the law."""

# Of those that are acknowledged. A change of their text is another version: what is kept names the one shown.
CARD_NOTICE_VERSION = "2026-11-30"

NOTICE_TEXTS: dict[str, tuple[str, str]] = {
    # The rule itself gives the words.
    "part_2": (
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        "La norma federal 42 CFR parte 2 prohíbe el uso o la divulgación no autorizados de estos registros.",
    ),
    "language_help": (
        "Help in other languages, and aids for people with disabilities, are free of charge. Ask the "
        "practice.",
        "La ayuda en otros idiomas y los apoyos para personas con discapacidad son gratuitos. Pídalos al "
        "consultorio.",
    ),
    "nondiscrimination": (
        "The practice complies with federal civil rights laws and does not discriminate on the basis of "
        "race, color, national origin, age, disability or sex. Reasonable modifications, aids and "
        "services for people with disabilities, and interpreters and translations for people whose "
        "English is limited, are free of charge and timely: ask the practice. If you think that it has "
        "discriminated against you, tell the practice, or file a complaint with the Office for Civil "
        "Rights of the U.S. Department of Health and Human Services: ocrportal.hhs.gov",
        "El consultorio cumple las leyes federales de derechos civiles y no discrimina por raza, color, "
        "origen nacional, edad, discapacidad ni sexo. Los ajustes razonables, apoyos y servicios para "
        "personas con discapacidad, y los intérpretes y traducciones para quienes hablan poco inglés, son "
        "gratuitos y oportunos: pídalos al consultorio. Si cree que lo ha discriminado, dígaselo al "
        "consultorio o presente una queja ante la Oficina de Derechos Civiles del Departamento de Salud y "
        "Servicios Humanos de los Estados Unidos: ocrportal.hhs.gov",
    ),
    "estimate_right": (
        "If you have no health insurance or do not use it, you have a right to a good faith estimate of "
        "what your care will cost: when you make an appointment, or whenever you ask. Ask the practice. "
        "If you are billed $400 or more above it, you can dispute the bill: www.cms.gov/nosurprises",
        "Si usted no tiene seguro médico o no lo usa, tiene derecho a una estimación de buena fe de lo "
        "que costará su atención: al pedir una cita o cuando la solicite. Pídala al consultorio. Si le "
        "cobran $400 o más por encima de ella, puede disputar la factura: www.cms.gov/nosurprises",
    ),
    "estimate_terms": (
        "This is an estimate, made with what is known today, and no contract: you need not get these "
        "services from this practice. Other services may be recommended; they are scheduled or asked for "
        "separately and are not in it. What you are billed may differ. If it is $400 or more above this "
        "estimate for a provider named in it, you have a right to dispute it: within 120 days of the "
        "bill, for a fee of $25, at www.cms.gov/nosurprises. Disputing it changes nothing about the "
        "quality of your care.",
        "Esta es una estimación, hecha con lo que se sabe hoy, y no un contrato: no está obligado a "
        "recibir estos servicios en este consultorio. Pueden recomendarse otros servicios; se programan o "
        "se piden aparte y no están incluidos. Lo que se le cobre puede ser distinto. Si supera en $400 o "
        "más esta estimación para un profesional nombrado en ella, usted tiene derecho a disputarlo: "
        "dentro de los 120 días siguientes a la factura, por una tarifa de $25, en "
        "www.cms.gov/nosurprises. Disputarlo no cambia en nada la calidad de su atención.",
    ),
    "estimate_dispute": (
        "The fees are $400 or more above your good faith estimate. You have a right to dispute them: "
        "within 120 days of the first bill, for a fee of $25, at www.cms.gov/nosurprises. You may also "
        "ask the practice to bill what was estimated, or for a lower sum.",
        "Las tarifas superan en $400 o más su estimación de buena fe. Usted tiene derecho a disputarlas: "
        "dentro de los 120 días siguientes a la primera factura, por una tarifa de $25, en "
        "www.cms.gov/nosurprises. También puede pedir al consultorio que cobre lo estimado o una suma "
        "menor.",
    ),
    "card_risks_ny": (
        "Before you pay for care with a credit card: what you then owe your card's bank is no medical "
        "debt any more. You give up protections that state and federal law give to medical debt, such as "
        "those against garnished wages, liens on your home and reports to credit bureaus, and limits on "
        "interest.",
        "Antes de pagar su atención con una tarjeta de crédito: lo que entonces deba al banco de su "
        "tarjeta ya no es una deuda médica. Usted renuncia a protecciones que las leyes estatales y "
        "federales dan a la deuda médica, como las que impiden embargar el salario, gravar su vivienda e "
        "informar a las agencias de crédito, y los límites a los intereses.",
    ),
    # The law prescribes the English words of both.
    "medical_debt_ca": (
        "A holder of this medical debt contract is prohibited by Section 1785.27 of the Civil Code from "
        "furnishing any information related to this debt to a consumer credit reporting agency. In addition "
        "to any other penalties allowed by law, if a person knowingly violates that section by furnishing "
        "information regarding this debt to a consumer credit reporting agency, the debt shall be void and "
        "unenforceable.",
        "El artículo 1785.27 del Código Civil de California prohíbe a quien tenga este contrato de deuda "
        "médica dar información sobre esta deuda a una agencia de informes de crédito. Además de las otras "
        "sanciones que permita la ley, si alguien infringe a sabiendas ese artículo dando información sobre "
        "esta deuda a una agencia de informes de crédito, la deuda será nula y no podrá exigirse.",
    ),
    "open_payments_ca": (
        "For informational purposes only, a link to the federal Centers for Medicare and Medicaid Services "
        "(CMS) Open Payments web page is provided here: https://openpaymentsdata.cms.gov. The federal "
        "Physician Payments Sunshine Act requires that detailed information about payment and other payments "
        "of value worth over ten dollars ($10) from manufacturers of drugs, medical devices, and biologics "
        "to physicians and teaching hospitals be made available to the public.",
        "Solo como información, este es el enlace a la página Open Payments de los Centros federales de "
        "Servicios de Medicare y Medicaid (CMS): https://openpaymentsdata.cms.gov. La ley federal Physician "
        "Payments Sunshine Act exige que se publique información detallada sobre pagos y otros beneficios de "
        "más de diez dólares ($10) que los fabricantes de medicamentos, dispositivos médicos y productos "
        "biológicos dan a médicos y hospitales universitarios.",
    ),
}

"""What is said of codes that an insurer may not take: while they are entered, and before a superbill."""

CODES: dict[str, tuple[str, str]] = {
    "diagnosis_category": (
        "{value} is a category of ICD-10-CM: on that day it needs more characters to be billed.",
        "{value} es una categoría de la CIE-10-MC: ese día necesita más caracteres para facturarse.",
    ),
    "diagnosis_out_of_date": (
        "{value} is a code of ICD-10-CM, but not of the release of that day.",
        "{value} es un código de la CIE-10-MC, pero no de la versión de ese día.",
    ),
    "diagnosis_unknown": (
        "{value} is in no release of ICD-10-CM that is known here. `billfold codes show` lists them.",
        "{value} no está en ninguna versión de la CIE-10-MC que se conozca aquí. `billfold codes show` las "
        "muestra.",
    ),
    "modifier_unknown": (
        "{value} is no modifier that therapists commonly use. Is it meant?",
        "{value} no es un modificador que usen comúnmente los terapeutas. ¿Es el correcto?",
    ),
    "telehealth_modifier": (
        "The place {value} is telehealth, and the code has none of the modifiers 95, GT and 93.",
        "El lugar {value} es telesalud y el código no tiene ninguno de los modificadores 95, GT y 93.",
    ),
    "telehealth_place": (
        "The modifier {value} means telehealth, and the place is neither 02 nor 10.",
        "El modificador {value} indica telesalud y el lugar no es ni 02 ni 10.",
    ),
}

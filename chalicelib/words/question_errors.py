"""What people read when a question to the practice cannot be asked or answered.

A code's first word pair is English, the second Spanish.
"""

QUESTION_ERRORS: dict[str, tuple[str, str]] = {
    "question_ended": (
        "This question has been answered or closed already.",
        "Esta pregunta ya se respondió o se cerró.",
    ),
    "question_key_missing": (
        "This question was not sent as expected. Open the page again and send it once more.",
        "Esta pregunta no se envió como se espera. Abra la página de nuevo y vuelva a enviarla.",
    ),
    "question_key_reused": (
        "This question was changed after it was sent. Open the page again to see what was sent.",
        "Esta pregunta se cambió después de enviarla. Abra la página de nuevo para ver lo que se envió.",
    ),
    "question_not_found": ("There is no such question.", "No existe esa pregunta."),
    "question_text_long": (
        "That is longer than {most} characters. Shorten it.",
        "Son más de {most} caracteres. Acórtelo.",
    ),
    "question_text_missing": ("Write what it is about.", "Escriba de qué se trata."),
    "too_many_open_questions": (
        "This account has {most} questions that wait for an answer. Wait until the practice has answered "
        "one, or call it.",
        "Esta cuenta tiene {most} preguntas sin respuesta. Espere hasta que el consultorio conteste una, "
        "o llámelo.",
    ),
    "too_many_questions": (
        "You have asked many questions today. You can ask the next one in {hours} h; until then, call the "
        "practice.",
        "Usted ha hecho muchas preguntas hoy. Podrá hacer la siguiente en {hours} h; mientras tanto, llame "
        "al consultorio.",
    ),
}

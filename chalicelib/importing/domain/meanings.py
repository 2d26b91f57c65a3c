"""What the cells of a column of ours are, wherever they come from."""

from enum import StrEnum


class Meaning(StrEnum):
    """What the cells of a column are read as. TEXT are names and words."""

    AMOUNT = "amount"
    DATE = "date"
    BIRTH_DATE = "birth_date"
    DIAGNOSES = "diagnoses"
    PLACE = "place"
    METHOD = "method"
    PROCEDURE = "procedure"
    UNITS = "units"
    YES_NO = "yes_no"
    ID = "id"
    TEXT = "text"

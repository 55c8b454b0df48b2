"""Kind messages for bad input: every field that is wrong, by its name, with what to do."""

from collections.abc import Iterable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _


class Invalid(Exception):
    """The input is wrong; `errors` maps field names to messages. Nothing was changed."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()))
        self.errors = errors


class InUse(Exception):
    """It cannot go while something depends on it; the text says what."""


def clean(row: models.Model, exclude: Iterable[str] = ()) -> None:
    """Refuse a row that its model refuses, telling the field; a broken constraint tells its field by its code."""
    _check_text(row)
    try:
        row.full_clean(exclude=set(exclude))
    except ValidationError as why:
        raise Invalid(_by_field(row, why)) from why


def _check_text(row: models.Model) -> None:
    """No database keeps half a letter, nor PostgreSQL a NUL; a form would have refused them, JSON does not."""
    texts = {field.name: getattr(row, field.attname) for field in row._meta.fields}
    broken = [name for name, text in texts.items() if isinstance(text, str) and not _can_be_kept(text)]
    if broken:
        raise Invalid({name: [_("There is a character in it that is none.")] for name in broken})


def _can_be_kept(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _by_field(row: models.Model, why: ValidationError) -> dict[str, list[str]]:
    names = {field.name for field in row._meta.fields}
    errors: dict[str, list[str]] = {}
    for name, found in why.error_dict.items():
        for one in found:
            field = one.code if name == NON_FIELD_ERRORS and one.code in names else name
            errors.setdefault(field, []).extend(one.messages)
    return errors


def stripped(text: str) -> str:
    """A name as it is kept: no space around it, single spaces inside."""
    return " ".join(text.split())

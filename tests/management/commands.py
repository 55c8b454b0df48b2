"""A command as somebody types it: what it says and how it ends."""

from io import StringIO

from django.core.management import call_command


def said(*typed: str) -> str:
    """The lines a command prints; an error of its own is raised here as CommandError."""
    out = StringIO()
    call_command(*typed, stdout=out, no_color=True)
    return out.getvalue()

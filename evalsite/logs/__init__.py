"""How log lines look: as text, or as one JSON object a line; and which ids they carry."""

from evalsite.logs.configuration import FORMS, configuration

__all__ = ["FORMS", "configuration"]

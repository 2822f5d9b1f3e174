"""Money on pages."""

from django import template

from studies.channels.mturk.money import dollars

register = template.Library()


@register.filter
def usd(cents: float) -> str:
    """Cents as people read dollars; parts of a cent are left away."""
    return dollars(int(cents))

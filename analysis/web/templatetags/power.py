"""{% load power %}{% smallest_difference study user %}: what a draft can see, for the study editor."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser, User

from analysis.web.power import line_of
from studies.models import Study

register = template.Library()


@register.inclusion_tag("analysis/power_line.html")
def smallest_difference(study: Study, user: User | AnonymousUser) -> dict[str, Any]:
    """The sentence with a link to the page that says more."""
    return {**line_of(study, user), "links_to_more": True}

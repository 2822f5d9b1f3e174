"""Studies on panels, for tests."""

from typing import Any

from django.test import Client
from factory.declarations import SubFactory
from factory.django import DjangoModelFactory

from studies.channels.panel.models import PanelLink
from studies.models import Link, Session, Study, Trial
from tests.factories_studies import StudyFactory
from tests.studies.visiting import agree, walk

COMPLETE = "https://panel.example/done?id={id}&visit={visit}&rid={rid}&code={code}"
SCREENED_OUT = "https://panel.example/out/{id}?rid={rid}"
FULL = "https://panel.example/full?id={id}&visit={visit}"


class LinkFactory(DjangoModelFactory[Link]):
    class Meta:
        model = Link

    study = SubFactory(StudyFactory)
    channel = "panel:connect"


class PanelLinkFactory(DjangoModelFactory[PanelLink]):
    """A link on “connect” that brings an id, a visit and a parameter to hand back, and has every address."""

    class Meta:
        model = PanelLink

    link = SubFactory(LinkFactory)
    id_parameter = "pid"
    visit_parameter = "sub"
    kept_parameters = "rid"
    complete = COMPLETE
    screened_out = SCREENED_OUT
    full = FULL


def panel_link(study: Study, panel: str = "connect", **fields: Any) -> PanelLink:
    """The study's link on a panel."""
    made: PanelLink = PanelLinkFactory.create(link__study=study, link__channel=f"panel:{panel}", **fields)
    return made


def one_way_link(study: Study, panel: str = "pool", **fields: Any) -> PanelLink:
    """The study's link on a panel that sends an id alone, and takes nobody back."""
    nothing = dict.fromkeys(("visit_parameter", "kept_parameters", "complete", "screened_out", "full"), "")
    return panel_link(study, panel, **nothing | fields)


def address(link: PanelLink, **brought: str) -> str:
    """The link as a participant follows it."""
    path = f"/s/{link.link.token}/"
    return f"{path}?{'&'.join(f'{name}={value}' for name, value in brought.items())}" if brought else path


def take_part(client: Client, link: str) -> Any:
    """From the link to the last page, which is returned."""
    return list(walk(client, agree(client, link).headers["Location"]))[-1]


def way_out(client: Client, page: Any) -> str:
    """Where the page's way on leads in the end: the address at the panel."""
    response = client.get(page.context["completion"].address)
    return str(response.headers["Location"])


def session_of(trial_address: str) -> Session:
    """The session whose trial stands at that address."""
    return Trial.objects.get(token=trial_address.split("/")[2]).session

"""The worker's pages of a German study: the catalogue is whole, and no page holds an English string."""

import gettext
import re
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from generation.models import Prompt
from studies.captions import accept
from studies.models import QualityPlan, Session, Study, Trial, WorkerCaption
from studies.publishing import publish
from tests.captioning_study import captioning_study, draw_with
from tests.catalogue import MO, PLACEHOLDER, entries, marked
from tests.factories_studies import NOON, ExampleFactory, QuizQuestionFactory, published_study, ready_study
from tests.studies.visiting import ANSWERS, address_of, agree, first_trial, give_back, look, vote

OWN = "✱text of the study✱"
ATTRIBUTES = ("alt", "aria-label", "title", "placeholder", "data-turn-on", "data-turn-off")


# The catalogue


def test_every_string_of_the_pages_is_in_the_catalogue_and_no_other() -> None:
    assert {text for entry in entries() for text in entry.ids} == marked()


def test_every_string_is_translated() -> None:
    assert not [entry.ids[0] for entry in entries() if entry.is_fuzzy or not all(entry.translations)]


def test_translations_have_the_placeholders_of_their_strings() -> None:
    pairs = [(entry.ids[-1], text) for entry in entries() for text in entry.translations[-1:]]
    assert not [text for text, german in pairs if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(german))]


def test_the_compiled_catalogue_is_up_to_date() -> None:
    with MO.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries():
        told = [compiled.ngettext(entry.ids[0], entry.ids[-1], number) for number in (1, 2)]
        if len(entry.ids) == 1:
            told = [compiled.gettext(entry.ids[0])]
        assert told == list(entry.translations)
    (strings,) = struct.unpack("<I", MO.read_bytes()[8:12])
    assert strings == len(entries()) + 1  # with the header


# The pages


@pytest.fixture
def study() -> Study:
    """A study that asks for everything that can be asked, its own texts recognisable."""
    asks: dict[str, Any] = {"language": "de", "adult_content": True, "asks_demographics": True, "practice_trials": 1}
    study = ready_study(instructions=OWN, consent=OWN, **asks)
    write_own_texts(study)
    ExampleFactory.create(study=study, caption=OWN)
    QuizQuestionFactory.create(study=study, question=OWN, choices=f"{OWN}\n{OWN}", answer=2, explanation=OWN)
    QualityPlan.objects.create(study=study, attention_share=25)
    publish(study, NOON)
    return study


def write_own_texts(study: Study) -> None:
    study.criteria.update(question=OWN, has_gold_answer=True)
    study.prompt_sets.update(note=OWN)
    for prompt in Prompt.objects.all():
        Prompt.objects.filter(pk=prompt.pk).update(text=f"✱prompt {prompt.pk}✱")


def visible(html: str) -> Iterator[str]:
    """Every text that the page shows or reads aloud, but codes and links, which are in no language."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select("script, style, code, .personal-link, textarea"):
        element.decompose()
    yield from (" ".join(text.split()) for text in page.find_all(string=True) if text.strip() not in ("", "html"))
    for attribute in ATTRIBUTES:
        yield from (str(element[attribute]) for element in page.select(f"[{attribute}]"))


def german() -> re.Pattern[str]:
    """Matches each piece of a translation, longest first, with what may stand in its placeholders."""
    translations = [text for entry in entries() for text in entry.translations]
    pieces = {piece.strip() for text in translations for piece in re.split(r"<[^>]*>", text)} - {""}
    in_order = sorted(pieces, key=lambda piece: len(PLACEHOLDER.sub("", piece)), reverse=True)
    patterns = [PLACEHOLDER.sub(r"(?:\\d+|✱[^✱]*✱|Bild \\d|)", _escaped(piece)) for piece in in_order]
    return re.compile("|".join([*patterns, "✱[^✱]*✱"]))


def _escaped(piece: str) -> str:
    """As a pattern, but for its placeholders."""
    return "".join(part if PLACEHOLDER.fullmatch(part) else re.escape(part) for part in re.split(r"(%\(\w+\)[sd])", piece))


def assert_german(*responses: Any) -> None:
    pattern = german()
    for response in responses:
        html = response.content.decode()
        assert '<html lang="de">' in html
        left = {text: rest for text in visible(html) if re.search(r"[^\W\d_]", rest := pattern.sub("", text))}
        assert left == {}


@pytest.mark.django_db
def test_an_english_string_would_be_found(client: Client, study: Study) -> None:
    response = client.get(study.link_path)
    response.content = response.content.replace(b"Beginnen", b"Begin")
    with pytest.raises(AssertionError, match="Begin"):
        assert_german(response)


@pytest.mark.django_db
def test_a_whole_visit_is_german(client: Client, study: Study) -> None:
    assert_german(client.get(study.link_path), client.post(study.link_path, {}))
    quiz = agree(client, study.link_path).headers["Location"]
    assert_german(client.get(quiz), client.post(quiz, {"question-1": "1"}), client.post(quiz, {}))
    client.post(quiz, {"question-1": "2"})
    session = Session.objects.get()
    for trial in session.trials.order_by("number"):
        assert_german(client.get(address_of(trial)), client.post(address_of(trial), {}))
        vote(client, trial)
    assert session.trials.filter(kind=Trial.Kind.ATTENTION).exists()
    assert_german(client.get(reverse("end", args=[session.token])))
    client.post(reverse("comment", args=[session.token]), {"comment": OWN})
    assert_german(client.get(reverse("end", args=[session.token])), client.get(reverse("withdraw", args=[session.token])))
    assert_german(client.post(reverse("withdraw", args=[session.token]), follow=True))
    assert_german(agree(client, study.link_path))


@pytest.mark.django_db
def test_a_visit_to_describe_images_is_german(client: Client) -> None:
    study = captioning_study(language="de", instructions=OWN, consent=OWN)
    assert_german(client.get(study.link_path))
    agree(client, study.link_path)
    for trial in Session.objects.get().trials.order_by("number"):
        look(client, trial)
        refused = [{}, {"caption-text": "."}, {"caption-text": "✱" * 301}, {"caption-text": trial.comparison.prompt.text}]
        assert_german(client.get(address_of(trial)), *(client.post(address_of(trial), fields) for fields in refused))
        both = client.post(address_of(trial), {"caption-text": "x", "caption-indescribable": "on"})
        assert_german(both)
        client.post(address_of(trial), {"caption-text": "ein Ring"})
    leave = reverse("withdraw", args=[Session.objects.get().token])
    assert_german(client.get(leave))
    accept(WorkerCaption.objects.all(), "ada", NOON)
    draw_with(WorkerCaption.objects.earliest("pk"))
    assert_german(client.post(leave, follow=True))


@pytest.mark.django_db
def test_the_pages_of_a_study_that_cannot_go_on_are_german(client: Client, study: Study, settings: Settings) -> None:
    assert_german(client.get(study.rehearsal_link_path))
    quiz = agree(client, study.link_path).headers["Location"]
    session = Session.objects.get()
    give_back(session)
    assert_german(client.get(quiz))
    Study.objects.update(invited_only=True)
    assert_german(Client().get(study.link_path))
    study.pause()
    assert_german(client.get(study.link_path))
    study.close()
    assert_german(client.get(study.link_path))
    settings.SESSIONS_PER_HOUR = 1
    assert_german(agree(client, published_study(language="de").link_path))


@pytest.mark.django_db
def test_what_is_said_when_nothing_is_left_is_german(client: Client) -> None:
    study = published_study(votes_wanted=1, language="de")
    agree(Client(), study.link_path)
    assert_german(agree(client, study.link_path))


@pytest.mark.django_db
def test_answers_that_come_too_early_are_refused_in_german(client: Client) -> None:
    study = ready_study(instructions=OWN, language="de")
    write_own_texts(study)
    publish(study, NOON)
    trial = first_trial(client, study)
    response = client.post(address_of(trial), ANSWERS)
    assert response.status_code == 422
    assert_german(response)


@pytest.mark.django_db
def test_pages_speak_the_language_of_their_study_whatever_the_browser_asks_for(client: Client) -> None:
    spoken = {}
    for language in ("de", "en-gb"):
        link = published_study(language=language).link_path
        spoken[language] = client.get(link, headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="de">' in spoken["de"]
    assert '<html lang="en-gb">' in spoken["en-gb"]


@pytest.mark.django_db
def test_the_next_page_of_the_site_speaks_its_own_language_again(client: Client, study: Study) -> None:
    assert_german(client.get(study.link_path))
    assert '<html lang="en-gb"' in client.get("/admin/login/").content.decode()

"""From a list of people to their personal links."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from studies.allocation import open_session
from studies.errors import NoPlaceLeft, NotInvited
from studies.invitations import Invited, invite, links_csv, names_in
from studies.models import LogLine, PersonalLink, Study, Worker
from tests.factories_studies import NOON, PersonalLinkFactory, StudyFactory, published_study


def faults_of(content: bytes, file: str = "people.csv") -> list[str]:
    with pytest.raises(NotInvited) as refused:
        names_in(file, content)
    return refused.value.sentences


def people(text: str, name: str = "people.csv") -> "ContentFile[bytes]":
    return ContentFile(text.encode(), name=name)


# Reading


def test_names_are_read_in_their_order_and_the_rest_is_ignored() -> None:
    text = 'email,Name,town\na@example.org,Ada,London\n,"Doe, Jane",\n'
    assert names_in("people.csv", text.encode()) == ["Ada", "Doe, Jane"]


def test_files_of_spreadsheets_are_read() -> None:
    text = "\ufeffname\r\nZoë\r\n  Ada \r\n\r\n"
    assert names_in("PEOPLE.CSV", text.encode()) == ["Zoë", "Ada"]


def test_empty_rows_are_no_people() -> None:
    assert names_in("people.csv", b"name,email\nAda,\n,\n\n") == ["Ada"]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "must name the columns"),
        (b"Ada\nBob\n", 1, "must name the columns"),
        (b"name;email\nAda;a@example.org\n", 1, "separated by commas"),
        (b"name,name\nAda,Bob\n", 1, "must name the columns"),
        (b"name,email\nAda,a\n,b@example.org\n", 3, "the name is empty"),
        (b"name\nAda\nBob\nAda\n", 4, "“Ada” is in line 2 already"),
        (b"name,email\nAda,\nDoe, Jane,j@example.org\n", 3, "3 fields where the first line has 2"),
        (b"name,email\nAda\n", 2, "1 fields where the first line has 2"),
        (b"name\n" + b"x" * 201, 2, "longer than 200 characters"),
        (b'name\n"Ada\nLovelace"\n', 3, "plain text on one line"),
        (b"name\nAda\nJos\xe9\n", 3, "not UTF-8 text"),
        (b'name\n"Ada\n', 2, "this is not CSV"),
    ],
)
def test_a_fault_is_told_with_its_file_line_and_reason(content: bytes, line: int, reason: str) -> None:
    (fault,) = faults_of(content)
    assert fault.startswith(f"people.csv, line {line}: ")
    assert reason in fault


def test_all_faults_are_told_at_once() -> None:
    faults = faults_of(b"name,email\n,a@example.org\nAda,\nAda,\n")
    assert [fault.split(":")[0] for fault in faults] == ["people.csv, line 2", "people.csv, line 4"]


def test_a_list_of_nobody_is_refused() -> None:
    assert faults_of(b"name\n\n") == ["people.csv: there is nobody in it below the first line."]


def test_a_file_of_another_type_is_refused() -> None:
    assert "must be a CSV file" in faults_of(b"name\nAda\n", file="people.xlsx")[0]


def test_a_file_may_have_a_million_bytes_and_no_more() -> None:
    content = b"name\nAda" + b"\n" * (1_000_000 - 8)
    assert names_in("people.csv", content) == ["Ada"]
    assert faults_of(content + b"\n") == ["people.csv: the file is larger than 1 MB. Split it into several."]


# Inviting


@pytest.mark.django_db
def test_everybody_gets_a_link_of_their_own() -> None:
    study = StudyFactory.create()
    ada, bob = invite(study, people("name\nAda\nBob\n"))
    assert (ada.name, bob.name) == ("Ada", "Bob")
    links = {link.name: link for link in PersonalLink.objects.all()}
    assert ada.link == f"http://127.0.0.1:8000/p/{links['Ada'].token}/"
    assert ada.link != bob.link
    assert links["Ada"].worker != links["Bob"].worker
    assert links["Ada"].worker.is_called(links["Ada"].channel_id)


@pytest.mark.django_db
def test_who_is_invited_again_keeps_the_link() -> None:
    study = StudyFactory.create()
    (before,) = invite(study, people("name\nAda\n"))
    bob, after = invite(study, people("name\nBob\nAda\n"))
    assert after == before
    assert bob.link != before.link
    assert Worker.objects.count() == 2


@pytest.mark.django_db
def test_another_study_has_other_links() -> None:
    one, other = (invite(StudyFactory.create(), people("name\nAda\n"))[0] for _ in range(2))
    assert one.link != other.link


@pytest.mark.django_db
def test_who_took_part_in_an_earlier_study_by_invitation_is_refused() -> None:
    pilot, study = published_study(), published_study()
    study.earlier_studies.add(pilot)
    invite(pilot, people("name\nAda\n"))
    open_session(pilot, pilot.personal_links.get().worker, rehearsal=False, now=NOON)
    invite(study, people("name\nAda\nBob\n"))
    ada, bob = (study.personal_links.get(name=name).worker for name in ("Ada", "Bob"))
    with pytest.raises(NoPlaceLeft, match="not taken part before"):
        open_session(study, ada, rehearsal=False, now=NOON)
    assert open_session(study, bob, rehearsal=False, now=NOON).worker == bob


@pytest.mark.django_db
def test_the_same_name_is_the_worker_of_the_newest_link() -> None:
    _, newest = PersonalLinkFactory.create_batch(2, name="Ada")
    PersonalLinkFactory.create(name="Ada", rehearsal=True)
    study = StudyFactory.create()
    invite(study, people("name\nAda\n"))
    link = study.personal_links.get()
    assert (link.worker, link.channel_id) == (newest.worker, newest.channel_id)


@pytest.mark.django_db
def test_who_came_by_the_voting_link_before_keeps_the_link() -> None:
    ada, study = PersonalLinkFactory.create(name="Ada"), StudyFactory.create()
    before = PersonalLink.objects.of(study, ada.worker, ada.channel_id, rehearsal=False)
    (invited,) = invite(study, people("name\nAda\n"))
    assert invited.link == before.address
    assert study.personal_links.get().name == "Ada"


@pytest.mark.django_db
def test_a_list_with_one_fault_invites_nobody() -> None:
    with pytest.raises(NotInvited):
        invite(StudyFactory.create(), people("name\nAda\nBob\nAda\n"))
    assert not PersonalLink.objects.exists()
    assert not Worker.objects.exists()


@pytest.mark.django_db
def test_email_addresses_are_not_kept() -> None:
    invite(StudyFactory.create(), people("name,email\nAda,ada@example.org\n"))
    kept = [*PersonalLink.objects.values_list(), *Worker.objects.values_list()]
    assert "ada@example.org" not in str(kept)


@pytest.mark.django_db
def test_a_long_list_needs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    study = StudyFactory.create()
    with django_assert_max_num_queries(10):
        invite(study, people("name\n" + "".join(f"Person {n}\n" for n in range(300))))


# Telling


@given(st.text(min_size=1).filter(str.isprintable))
def test_no_field_of_the_links_file_starts_like_a_formula(name: str) -> None:
    rows = list(csv.reader(io.StringIO(links_csv([Invited(name, "https://example.org/p/x/")]), newline="")))
    told = rows[1][0]
    assert told[0] not in "=+-@＝＋－＠"
    assert told.removeprefix("'") == name.removeprefix("'")


def test_the_links_file_has_a_row_for_each_person() -> None:
    invited = [Invited("Doe, Jane", "https://example.org/p/1/"), Invited("=1+1", "https://example.org/p/2/")]
    assert links_csv(invited) == 'name,link\n"Doe, Jane",https://example.org/p/1/\n\'=1+1,https://example.org/p/2/\n'


# The command


@pytest.fixture
def study() -> Study:
    return StudyFactory.create(name="Hands")


@pytest.mark.django_db
def test_the_command_writes_the_links_and_a_line_in_the_log(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name\nAda\n")
    call_command("invite", "Hands", str(file))
    assert capsys.readouterr().out == f"name,link\nAda,{PersonalLink.objects.get().address}\n"
    line = LogLine.objects.get(study=study)
    assert (line.who, line.action, line.detail) == ("command line", "invite", "1 people.")


@pytest.mark.django_db
def test_the_command_names_file_line_and_reason(study: Study, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,email\nAda,\n,x\n")
    with pytest.raises(CommandError, match=rf"^{file}, line 3: the name is empty\.$"):
        call_command("invite", str(study.pk), str(file))
    assert not LogLine.objects.exists()


@pytest.mark.django_db
def test_the_command_says_which_file_it_cannot_read(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nothing\.csv cannot be read"):
        call_command("invite", str(study.pk), str(tmp_path / "nothing.csv"))

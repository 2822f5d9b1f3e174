import csv
import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker, Settings

from analysis.bundle.verifying import verify
from analysis.web.bundle_images import without_folder
from analysis.web.protocol import protocol_facts
from generation.models import Checkpoint, Condition, Image
from studies.exclusion import exclude
from studies.export import check_lines, vote_lines
from studies.models import ComparisonImage, Session, Study, StudyCondition, Worker
from studies.publishing import publish
from tests.analysis.web.voted_studies import answer
from tests.factories_studies import NOON, ExampleFactory, PersonalLinkFactory, WorkerFactory, published_study
from tests.studies.checked import draft_with_checks

pytestmark = pytest.mark.django_db

FOLDER_OF_A_CHECKPOINT = "/home/ada/models/sd15"
CAPTION = {"source": "auto_dnp", "captioner": "/home/ada/models/blip", "revision": "sha256:1f"}
PLAIN_ID, INVITED, COMMENT, USER = "A1PLAINWORKERID", "Grace Hopper", "It was fun, says Grace", "ada@lab.example"


def _voted_study() -> Study:
    """Closed, with checks, an example, a flagged image, an excluded worker, and all that must not leave the site."""
    study = draft_with_checks(prompts=6, votes_wanted=3, trials_per_session=5, name="Spring")
    ExampleFactory.create(study=study)
    for checkpoint in Checkpoint.objects.all():
        Checkpoint.objects.filter(pk=checkpoint.pk).update(name=f"{FOLDER_OF_A_CHECKPOINT}-{checkpoint.pk}")
    caption = {**CAPTION, "caption": 1, "text": "a gray field"}
    made = {"checkpoint": FOLDER_OF_A_CHECKPOINT, "negatives": [{"source": "random", "text": "fog"}, caption]}
    Image.objects.update(screened_by=f"{FOLDER_OF_A_CHECKPOINT}/checker", provenance=made)
    Condition.objects.filter(pk=study.conditions.all()[0].condition_id).update(negative_sources=[CAPTION])
    Image.objects.filter(pk=Image.objects.order_by("pk").first().pk).update(state=Image.State.FLAGGED)  # type: ignore[union-attr]
    publish(study, NOON)
    a, b = study.conditions.all()
    PersonalLinkFactory.create(study=study, name=INVITED)
    one, other, left = WorkerFactory.create_batch(3, plain_id=PLAIN_ID)
    sittings: list[tuple[Worker, list[StudyCondition | None]]] = [(one, [a, b, None]), (other, [b, b, a]), (left, [a, a, a])]
    for hours, (worker, choices) in enumerate(sittings):
        session = answer(study, choices * 4, at=NOON + timedelta(hours=hours), worker=worker)
        Session.objects.filter(pk=session.pk).update(comment=COMMENT, demographics={"age": "30"})
    exclude(study, left, "always left", USER, NOON)
    study.close()
    return study


class Bundle:
    """A study's bundle, a second one of the same data, and what the site knows of the study."""

    def __init__(self, folder: Path) -> None:
        self.study, self.path, self.again = _voted_study(), folder / "one.zip", folder / "again.zip"
        (folder / "stated.json").write_text('{"pay": "2 € a session"}', encoding="utf-8")
        for path in (self.path, self.again):
            call_command(
                "export_bundle", "Spring", out=path, resamples=20, protocol=folder / "stated.json", stdout=io.StringIO()
            )
        self.votes, self.checks = ("".join(lines(self.study, rehearsal=False)) for lines in (vote_lines, check_lines))
        self.secrets = [*Worker.objects.values_list("hashed_id", flat=True), *self._tokens(), *self._words()]
        self.published = {
            row.source_id: Path(row.file.path).read_bytes() for row in ComparisonImage.objects.filter(comparison__kind="vote")
        }
        with zipfile.ZipFile(self.path) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}

    def _tokens(self) -> Iterator[str]:
        yield from (self.study.token, self.study.rehearsal_token)
        for sessions in Session.objects.values_list("token", "code"):
            yield from sessions
        for links in self.study.personal_links.values_list("token", "channel_id"):
            yield from links

    def _words(self) -> Iterator[str]:
        yield from (PLAIN_ID, INVITED, COMMENT, USER, settings.SITE_URL, "/home/ada", str(settings.MEDIA_ROOT))
        yield from (str(settings.BASE_DIR), str(self.path.parent), settings.SECRET_KEY)

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.files[name].decode())))

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])


@pytest.fixture(scope="module")
def bundle(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Bundle:
    """Made once, as figures take long; nothing of it stays in the database."""
    request.getfixturevalue("django_db_setup")
    folder = tmp_path_factory.mktemp("bundle")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder / "media"), transaction.atomic():
        made = Bundle(folder)
        transaction.set_rollback(True)
    return made


def test_a_bundle_verifies(bundle: Bundle) -> None:
    verdict = verify(bundle.path)
    assert verdict.agrees, list(verdict.lines())
    assert verdict.votes == bundle.votes.count("\n") - 1


def test_the_same_study_makes_the_same_bytes(bundle: Bundle) -> None:
    assert bundle.path.read_bytes() == bundle.again.read_bytes()


def test_the_votes_and_checks_are_the_files_that_the_site_exports(bundle: Bundle) -> None:
    assert bundle.files["votes.csv"].decode() == bundle.votes
    assert bundle.files["checks.csv"].decode() == bundle.checks
    assert "always left" in bundle.votes


def test_everything_that_a_report_has_is_there(bundle: Bundle) -> None:
    for name in ("README.txt", "tables.csv", "tables.tex", "tables.md", "tables.html", "report.json", "report.html"):
        assert bundle.files[name]
    assert {"figures/spring/shares.pdf", "figures/spring/shares.svg", "figures/spring/shares.png"} <= bundle.files.keys()


def test_the_images_are_the_very_files_that_workers_saw(bundle: Bundle) -> None:
    rows = bundle.rows("images.csv")
    assert len(rows) == 2 * 5  # conditions × prompts, without the pair that was flagged
    for row in rows:
        assert bundle.files[row["file"]] == bundle.published[int(row["image"])]
        assert PIL.Image.open(io.BytesIO(bundle.files[row["file"]])).size == (8, 8)


def test_nothing_leaves_the_site_that_leads_to_a_person_or_into_it(bundle: Bundle) -> None:
    for (name, content), secret in itertools.product(bundle.files.items(), bundle.secrets):
        assert secret.encode() not in content, (name, secret)


def test_exclusions_tell_votes_and_images_by_condition(bundle: Bundle) -> None:
    rows = [tuple(row.values()) for row in bundle.rows("exclusions.csv")]
    excluded = sum(row["excluded"] != "" for row in csv.DictReader(io.StringIO(bundle.votes)))
    assert rows == [
        ("vote", "Method A", "always left", str(excluded)),
        ("image", "Method A", "flagged as NSFW", "1"),
        ("image", "Method B", "flagged as NSFW", "0"),
    ]
    assert [row["condition"] for row in bundle.rows("dropped_pairs.csv")] == ["Method A"]


def test_conditions_are_told_with_settings_and_revision_but_without_folders(bundle: Bundle) -> None:
    first, second = bundle.json("conditions.json")
    assert (first["printed_name"], second["printed_name"]) == ("Method A", "Method B")
    assert first["checkpoint"]["name"].startswith("sd15-")
    assert first["checkpoint"]["revision"] == "a" * 40
    assert first["settings"]["scale"] == 7.5
    lines = [json.loads(line) for line in bundle.files["provenance.jsonl"].splitlines()]
    assert {line["file"] for line in lines} == {row["file"] for row in bundle.rows("images.csv")}
    assert {(line["checkpoint"], line["screened_by"]) for line in lines} == {("sd15", "checker")}
    assert first["negative_sources"] == [{**CAPTION, "captioner": "blip"}]
    assert {line["negatives"][1]["captioner"] for line in lines} == {"blip"}


def test_instructions_are_there_as_written_and_as_shown(bundle: Bundle) -> None:
    assert bundle.files["instructions/instructions.md"] == b"Choose an image."
    assert b"<p>Choose an image.</p>" in bundle.files["instructions/instructions.html"]
    asked = bundle.json("instructions/questions.json")
    assert [each["name"] for each in asked["criteria"]] == ["correctness", "quality"]
    assert bundle.files[f"instructions/{asked['examples'][0]['file']}"].startswith(b"\x89PNG")


def test_the_protocol_says_what_the_site_knows_and_what_was_stated(bundle: Bundle) -> None:
    protocol = bundle.json("protocol.json")
    assert protocol["pay"] == "2 € a session"
    assert "20 % gold trials" in protocol["quality_control"]
    assert "At least" not in protocol["selection"]
    assert "at least 18 years old" in protocol["selection"]
    assert protocol["image_drops"] == {"Method A": 1, "Method B": 0}
    assert bundle.json("report.json")["studies"]["Spring"]["protocol"]["pay"] == "2 € a session"


@pytest.fixture
def study(settings: Settings, tmp_path: Path) -> Study:
    """Closed, with one vote on each criterion."""
    settings.MEDIA_ROOT = tmp_path / "media"
    study = published_study(prompts=2, name="Spring")
    answer(study, [None])
    study.close()
    return study


def _refusal(study: Study, out: Path, **options: Any) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("export_bundle", study.name, out=out, **options)
    return str(refused.value)


def test_a_file_that_is_there_is_not_replaced_unasked(study: Study, tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_text("mine")
    assert "--force" in _refusal(study, tmp_path / "one.zip")
    assert (tmp_path / "one.zip").read_text() == "mine"


def test_a_place_where_no_file_can_be_is_told_before_the_work(study: Study, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "no such folder" / "one.zip"):
        assert "cannot be a file" in _refusal(study, out, force=True)


def test_nothing_is_written_while_an_image_is_missing(study: Study, tmp_path: Path) -> None:
    gone = str(ComparisonImage.objects.order_by("pk")[0].file)
    default_storage.delete(gone)
    said = _refusal(study, tmp_path / "one.zip")
    assert said.endswith(f"nothing was written: {gone}.")
    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def test_people_s_votes_stay_on_the_site_while_the_study_takes_more(study: Study, tmp_path: Path) -> None:
    study.resume()
    assert "Close the study" in _refusal(study, tmp_path / "one.zip")


def test_there_is_no_bundle_without_votes_or_of_a_draft(study: Study, tmp_path: Path) -> None:
    assert "There are no votes" in _refusal(study, tmp_path / "one.zip", rehearsal=True)
    Study.objects.update(state=Study.State.DRAFT)
    assert "is a draft" in _refusal(study, tmp_path / "one.zip")


@pytest.mark.parametrize(
    ("option", "said"), [({"resamples": 0}, "at least 1"), ({"protocol": Path("no such file")}, "No such file")]
)
def test_an_option_that_makes_no_sense_is_refused(study: Study, tmp_path: Path, option: dict[str, Any], said: str) -> None:
    assert said in _refusal(study, tmp_path / "one.zip", **option)


def test_a_rehearsal_is_called_one(study: Study) -> None:
    assert "a rehearsal" in protocol_facts(study, rehearsal=True)["recruitment"]
    assert "a link to the study" in protocol_facts(study, rehearsal=False)["recruitment"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [("bundled", "bundled"), ("hub/model", "hub/model"), ("/home/ada/sd15", "sd15"), ("C:\\models\\sd15", "sd15")],
)
def test_a_checkpoint_is_named_without_its_folder(name: str, kept: str) -> None:
    assert without_folder(name) == kept

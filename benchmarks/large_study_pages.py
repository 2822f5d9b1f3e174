"""The pages that benchmarks.large_study opens."""

from collections.abc import Callable, Iterator
from itertools import count

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analysis.web.views import PARTS
from benchmarks.large_study import Page
from benchmarks.large_study_rows import Large
from generation.admin.paging import MOST_LISTED
from generation.models import Image
from studies.allocation import open_session
from studies.models import Trial, Worker
from tests.studies.visiting import address_of, agree, vote

HOST = "localhost"


def vacuum() -> None:
    """What PostgreSQL does by itself some minutes after so many rows came."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def pages_of(large: Large) -> Iterator[Page]:
    """Every page of the study that a researcher opens, and what its workers do."""
    client = _researcher()
    for name, address in _addresses(large):
        yield Page(name, _opens(client, address))
    yield from _of_workers(large)


def _researcher() -> Client:
    client = Client(SERVER_NAME=HOST)
    user, _ = User.objects.get_or_create(username="researcher", is_staff=True, is_superuser=True)
    client.force_login(user)
    return client


def _opens(client: Client, address: str) -> Callable[[], None]:
    def visit() -> None:
        response = client.get(address)
        if response.status_code != 200 or not response.getvalue():
            raise SystemExit(f"{address} answers {response.status_code}.")

    return visit


def _addresses(large: Large) -> Iterator[tuple[str, str]]:
    yield from _of_images()
    yield from _of_studies(large)


def _of_images() -> Iterator[tuple[str, str]]:
    images = reverse("admin:generation_image_changelist")
    image = Image.objects.order_by("-pk").filter(state="done").values_list("pk", "prompt__prompt_set", "condition", "run")[0]
    pages = (min(Image.objects.count(), MOST_LISTED) - 1) // 50 + 1
    yield "images", images
    yield "images, last page that is listed", f"{images}?p={pages}"
    yield "images that failed", f"{images}?state__exact=failed"
    yield "images that are done", f"{images}?state__exact=done"
    yield "images of a prompt set", f"{images}?prompt__prompt_set__id__exact={image[1]}"
    yield "images of a condition", f"{images}?condition__id__exact={image[2]}"
    yield "images of a condition, flagged", f"{images}?condition__id__exact={image[2]}&state__exact=flagged"
    yield "images of a run", f"{images}?run__id__exact={image[3]}"
    yield "images, search for a prompt", f"{images}?q=number+17"
    yield "images, search for nothing there", f"{images}?q=zebra"
    yield "images, search for a seed", f"{images}?q=42"
    yield "an image", reverse("admin:generation_image_change", args=[image[0]])
    for model in (
        "prompt",
        "promptset",
        "condition",
        "checkpoint",
        "caption",
        "negativetext",
        "standardnegatives",
        "chatanswer",
    ):
        yield f"{model} list", reverse(f"admin:generation_{model}_changelist")
    prompt = Image.objects.get(pk=image[0]).prompt_id
    yield "a prompt", reverse("admin:generation_prompt_change", args=[prompt])
    yield "a prompt set", reverse("admin:generation_promptset_change", args=[image[1]])
    yield "a condition", reverse("admin:generation_condition_change", args=[image[2]])


def _of_studies(large: Large) -> Iterator[tuple[str, str]]:
    study, ready, lacking = large.running.pk, large.ready.pk, large.lacking.pk
    yield "admin index", reverse("admin:index")
    yield "studies", reverse("admin:studies_study_changelist")
    yield "a study", reverse("admin:studies_study_change", args=[study])
    yield "a draft that lacks nothing", reverse("admin:studies_study_change", args=[ready])
    yield "its checks", reverse("admin:study_checks", args=[ready])
    yield "a draft that lacks images", reverse("admin:studies_study_change", args=[lacking])
    yield "its checks (lacking)", reverse("admin:study_checks", args=[lacking])
    yield "preview of the draft", reverse("admin:study_preview", args=[ready])
    gallery, of_draft = reverse("admin:study_gallery", args=[study]), reverse("admin:study_gallery", args=[ready])
    chosen = large.running.prompt_sets.values_list("pk", flat=True)[1]
    yield "gallery", gallery
    yield "gallery, page 1,000", f"{gallery}?page=1000"
    yield "gallery, last page", f"{gallery}?page=100000000"
    yield "gallery of a prompt set", f"{gallery}?set={chosen}"
    yield "gallery of the draft", of_draft
    yield "gallery of the draft, last page", f"{of_draft}?page=100000000"
    yield "log", reverse("admin:study_log", args=[study])
    yield "invitations", reverse("admin:study_invitations", args=[study])
    yield "study file", reverse("admin:study_file", args=[study])
    yield "live", reverse("live", args=[study])
    for part in PARTS:
        yield f"live: {part}", reverse("live", args=[study]) + f"?part={part}"
    yield "live: workers by gold", reverse("live", args=[study]) + "?part=workers&workers=-gold"
    yield "live: workers by position", reverse("live", args=[study]) + "?part=workers&workers=-position"
    yield "live: most open comparisons", reverse("live", args=[study]) + "?part=least_filled&comparisons=-open"
    yield "live: progress of the rehearsal", reverse("rehearsal_live", args=[study]) + "?part=progress"
    yield "a worker", reverse("live_worker", args=[study, "w1000100"])
    yield "results", reverse("results", args=[study])
    yield "power", reverse("power", args=[ready])


def _of_workers(large: Large) -> Iterator[Page]:
    """What a new worker does: comes, looks at trials with their images, votes."""
    names = count()

    def opens() -> None:
        worker = Worker.objects.known_as("local", f"benchmark-{next(names)}-{timezone.now()}")
        open_session(large.running, worker, rehearsal=False, now=timezone.now())

    yield Page("opening a session", opens)
    client = Client(SERVER_NAME=HOST)
    agree(client, large.running.link_path)
    session = large.running.sessions.order_by("-pk")[0]

    def next_trial() -> Trial:
        return session.trials.open().order_by("number")[0]

    def votes() -> None:
        trial = next_trial()
        client.get(address_of(trial))
        vote(client, trial)

    def shows() -> None:
        client.get(address_of(next_trial()))

    yield Page("a trial", shows)
    yield Page("a trial with its images and votes", votes)

"""Publishing in two steps, on the pages."""

from pathlib import Path

import boto3
import pytest
from django.test import Client
from pytest_django import Settings

from studies.channels.mturk.models import Hit, Intent, Posting
from tests.studies.channels.mturk.admin.browsing import hidden_of, press
from tests.studies.channels.mturk.questions.servers import s3

pytestmark = pytest.mark.django_db


def test_a_quote_shows_the_sum_and_both_sides_of_it(researcher: Client, posting: Posting) -> None:
    page = press(researcher, posting, "quote")
    for shown in ("3 × 2", "$0.05", "$0.01", "$0.36", "$10,000.00", "as the study expects", "20 % of the reward", "$7.25"):
        assert shown in page
    assert hidden_of(page, "quoted")["quoted"] == "36"
    assert not Hit.objects.exists()
    assert posting.study.log.filter(detail__contains="Quote: $0.36").exists()


def test_ten_workers_are_quoted_with_the_higher_fee(researcher: Client, posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(max_assignments=10)
    assert "another 20 % as a HIT has 10 workers or more" in press(researcher, posting, "quote")


def test_what_was_quoted_is_confirmed_and_called_for(researcher: Client, posting: Posting) -> None:
    page = press(researcher, posting, "confirm", budget="4.00", **hidden_of(press(researcher, posting, "quote"), "quoted"))
    assert "Confirmed." in page
    posting.refresh_from_db()
    assert (posting.state, posting.budget_cents, posting.confirmed_by) == ("confirmed", 400, "researcher")
    assert posting.intents.filter(operation=Intent.Operation.CREATE_HIT).count() == 3


@pytest.mark.parametrize(
    ("budget", "quoted", "sentence"),
    [
        ("0.35", "36", "The budget of $0.35 does not cover the quote of $0.36."),
        ("1.00", "35", "This costs $0.36 now, not $0.35 as quoted."),
        ("1$", "36", "“1$” is no amount"),
        ("", "36", "“” is no amount"),
        ("1.00", "", "Confirm the total of a quote"),
    ],
)
def test_nothing_is_posted_but_what_was_quoted_within_the_budget(
    researcher: Client, posting: Posting, budget: str, quoted: str, sentence: str
) -> None:
    page = press(researcher, posting, "confirm", budget=budget, quoted=quoted)
    assert sentence in page
    assert "What it would cost" in page
    assert not Intent.objects.exists()


def test_a_second_confirmation_posts_nothing_more(researcher: Client, confirmed: Posting) -> None:
    press(researcher, confirmed, "confirm", budget="1.00", quoted="36")
    assert "confirmed already" in press(researcher, confirmed, "quote")
    confirmed.refresh_from_db()
    assert (confirmed.budget_cents, confirmed.hits.count()) == (400, 3)


def test_production_without_keys_is_refused_before_anything_is_spent(researcher: Client, posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(environment_name="production")
    page = press(researcher, posting, "quote")
    assert "No AWS keys were found." in page
    assert "Workers could not open this site at http://127.0.0.1:8000" in page
    assert "Confirm, and post" not in page


def test_too_small_a_balance_is_refused(researcher: Client, posting: Posting) -> None:
    Posting.objects.filter(pk=posting.pk).update(reward_cents=1_000_000)
    page = press(researcher, posting, "quote")
    assert "The account has $10,000.00; this costs $75,000.00." in page  # 6 × ($10,000 and a quarter more)


def test_a_broker_that_is_down_does_not_lose_the_confirmation(researcher: Client, posting: Posting, settings: Settings) -> None:
    broker = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
    away = broker.rename(broker.with_name("away"))
    try:
        page = press(researcher, posting, "confirm", budget="1.00", quoted="36")
    finally:
        away.rename(broker)
    assert f"manage.py mturk carry-out {posting.pk}" in page
    posting.refresh_from_db()
    assert not posting.is_draft


def test_a_page_of_its_own_is_confirmed_only_with_a_bucket_for_its_images(
    researcher: Client, posting: Posting, monkeypatch: pytest.MonkeyPatch
) -> None:
    Posting.objects.filter(pk=posting.pk).update(form=Posting.Form.HTML, bucket="pictures")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    with s3() as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", address)
        page = press(researcher, posting, "quote")
        assert "could not be put into the bucket “pictures”" in page
        assert "Confirm, and post" not in page
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="pictures")
        assert "Confirm, and post" in press(researcher, posting, "quote")


def test_a_site_on_plain_http_is_refused(researcher: Client, posting: Posting, settings: Settings) -> None:
    settings.SITE_URL = "http://votes.example.org"
    page = press(researcher, posting, "quote")
    assert "Workers could not open this site at http://votes.example.org" in page
    assert "public https address" in page

"""The ledger: every call, as it was meant and as it went."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from studies.channels.mturk.models import Intent, Posting
from tests.studies.channels.mturk.admin.browsing import address, told

pytestmark = pytest.mark.django_db


def test_every_call_stands_there_with_its_cost(researcher: Client, confirmed: Posting) -> None:
    page = told(researcher.get(address(confirmed, "ledger")))
    assert page.count("CreateHITWithHITType") == 3
    assert page.count("<td>$0.12</td>") == 3  # two workers at 6 cents
    assert confirmed.hits.get(number=1).hit_id in page


def test_calls_are_found_by_their_state(researcher: Client, confirmed: Posting) -> None:
    confirmed.intents.filter(hit__number=1).update(state=Intent.State.REFUSED, error="Too little money")
    page = told(researcher.get(address(confirmed, "ledger"), {"state": "refused"}))
    assert page.count("CreateHITWithHITType") == 1
    assert "Too little money" in page


def test_the_file_has_a_line_for_each_call(researcher: Client, confirmed: Posting) -> None:
    response: Any = researcher.get(address(confirmed, "ledger.csv"))
    lines = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    assert [line["operation"] for line in lines] == [str(intent.operation) for intent in confirmed.intents.order_by("pk")]
    assert sum(int(line["cents"]) for line in lines) == 36
    assert {line["by"] for line in lines} == {"ann"}

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from studies.channels.mturk.emulator import Emulator, Faults, running
from studies.channels.mturk.emulator.faults import UnknownFault
from tests.studies.channels.mturk.emulator.requester import Client, client_of, publish, refused

AT_ONCE = Config(retries={"total_max_attempts": 2, "mode": "standard"}, parameter_validation=False)


def test_a_throttled_request_has_no_effect(client: Client, mturk_emulator: Emulator) -> None:
    mturk_emulator.faults.throttle = 1.0
    with refused("ThrottlingException") as said:
        publish(client)
    assert said == ["Rate exceeded"]
    mturk_emulator.faults.throttle = 0.0
    assert client.list_hits()["HITs"] == []


def test_before_the_effect_the_line_goes_dead_and_nothing_is_there(client: Client, mturk_emulator: Emulator) -> None:
    mturk_emulator.faults.order("before")
    with pytest.raises(ConnectionClosedError):
        publish(client)
    assert client.list_hits()["HITs"] == []


def test_after_the_effect_the_line_goes_dead_and_the_hit_is_there(client: Client, mturk_emulator: Emulator) -> None:
    mturk_emulator.faults.order("after")
    with pytest.raises(ConnectionClosedError):
        publish(client, UniqueRequestToken="posting 1")
    (hit,) = client.list_hits()["HITs"]
    with refused("HitAlreadyExists") as said:
        publish(client, UniqueRequestToken="posting 1")
    assert hit["HITId"] in said[0]


def test_what_is_refused_may_go_unheard_too(client: Client, mturk_emulator: Emulator) -> None:
    mturk_emulator.faults.order("after")
    with pytest.raises(ConnectionClosedError):
        client.get_hit(HITId="3NONE")


def test_a_retry_of_boto3_itself_meets_its_own_hit(mturk_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    mturk_emulator.faults.order("after")
    with refused("HitAlreadyExists"):
        publish(client_of(mturk_emulator, AT_ONCE), UniqueRequestToken="posting 1")
    assert mturk_emulator.requests["CreateHIT"] == 2


def test_a_fault_can_wait_for_its_operation(client: Client, mturk_emulator: Emulator) -> None:
    mturk_emulator.faults.order("throttle", "CreateHIT")
    client.get_account_balance()
    with refused("ThrottlingException"):
        publish(client)
    publish(client)


def test_an_unknown_fault_cannot_be_ordered() -> None:
    with pytest.raises(UnknownFault):
        Faults().order("explode")


def test_the_same_seed_brings_the_same_faults() -> None:
    drawn, again = ([Faults(throttle=0.5, seed=seed).of_request("GetHIT") for seed in range(40)] for _ in range(2))
    assert drawn == again
    assert set(drawn) == {"", "throttle"}


def test_a_share_of_requests_fails() -> None:
    faults = Faults(throttle=0.25, seed=1)
    throttled = sum(faults.of_request("GetHIT") == "throttle" for _ in range(2000))
    assert 400 < throttled < 600  # 500 ± 5 standard deviations


def test_faults_can_be_given_from_the_start() -> None:
    with running(faults=Faults(throttle=1.0)) as emulator, refused("ThrottlingException"):
        client_of(emulator).get_account_balance()

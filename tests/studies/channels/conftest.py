import pytest

from studies.channels.mturk.models import Hit
from studies.models import Study
from tests.studies.channels.frames import posted


@pytest.fixture
def hit(study: Study) -> Hit:
    """The first HIT of a study that is posted in production."""
    return posted(study)

"""Addresses of images: one per trial and position, signed, and good for a while only.

An address says which trial and which position, and nothing of what is there. All are equally long. The view that answers it
asks besides whether the visitor is the trial's own worker, so that an address is of no use in another browser.
"""

from datetime import datetime

from django.core.signing import SignatureExpired, Signer
from django.urls import reverse

from studies.models import Trial

STEP = 3600  # seconds; a session's addresses stay the same for so long, so that an image fetched ahead is found again


def address_of(trial: Trial, position: int, now: datetime) -> str:
    """The address of the image at a position, from 1; it outlives the time after which an untouched session is abandoned."""
    session = trial.session
    start, lifetime = int(session.started_at.timestamp()), session.study.session_minutes * 60
    steps = (int(now.timestamp()) - start) // STEP + 1
    expires = start + steps * STEP + lifetime
    return reverse("image", args=[_signer().sign(f"{trial.token}.{position}.{expires}")])


def opened(signed: str, now: datetime) -> tuple[str, int]:
    """The trial's token and the position that an address was made for.

    Raises BadSignature for an address that was not made here, and SignatureExpired, which is one, for an old one.
    """
    token, position, expires = _signer().unsign(signed).rsplit(".", 2)
    if now.timestamp() >= int(expires):
        raise SignatureExpired("This address was good for a while only. Open the page again.")
    return token, int(position)


def _signer() -> Signer:
    return Signer(salt="studies.image_addresses")

"""What a revision means, of weights on disk and of the Hugging Face hub. Nothing here imports torch."""

import re
from dataclasses import dataclass
from pathlib import Path

from generation.digests import digest_of


@dataclass(frozen=True)
class Located:
    """Weights and where they are: a folder or file, or a name of the hub.

    kind says what they are in messages (“checkpoint”); missing is the error that is raised where a revision cannot be told.
    """

    kind: str
    name: str
    source: str
    missing: type[LookupError]

    def resolve(self, revision: str) -> str:
        """What a revision means now, in full.

        Of the hub (a branch, a tag, nothing): the commit, 40 hexadecimal digits; a full commit needs no connection. On disk:
        the digest of the content. Raises missing.
        """
        if Path(self.source).exists():
            return self._content(revision)
        return revision if re.fullmatch(r"[0-9a-f]{40}", revision) else self._commit(revision)

    def now(self, revision: str) -> str:
        """The digest of the content on disk, which a revision, where there is one, must be; of the hub, the revision.

        Needs no connection. Raises missing.
        """
        return self._content(revision) if Path(self.source).exists() else revision

    def _commit(self, revision: str) -> str:
        # Here, as every process of the site loads this module and few ask the hub, whose client takes long to load.
        from huggingface_hub import HfApi
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils import httpx  # type: ignore[attr-defined]  # exported, but not for mypy to see

        try:
            return str(HfApi().model_info(self.name, revision=revision or None).sha)
        except (httpx.HTTPError, HFValidationError, OSError) as error:
            raise self.missing(
                f"The hub tells no commit of {self.name}{revision and f' at “{revision}”'}; check name, revision and "
                f"connection, or give the full commit from https://huggingface.co/{self.name}/commits/main."
            ) from error

    def _content(self, revision: str) -> str:
        digest = digest_of(Path(self.source))
        if revision in ("", digest):
            return digest
        if re.fullmatch(r"sha256:[0-9a-f]+", revision):
            raise self.missing(
                f"What is at “{self.name}” has changed: it is {digest} now, not {revision}. Add the {self.kind} again, to work "
                f"with its new content, or put the old content back."
            )
        raise self.missing(f"“{self.name}” lies on disk and has no revision “{revision}”; leave the revision empty.")


def is_hub_name(name: str) -> bool:
    """Whether a name can be one of the hub: an owner and a model."""
    return re.fullmatch(r"[\w.-]+/[\w.-]+", name) is not None and not name.startswith(".")

"""README.txt of a bundle: what is what, and how to check it."""

TEXT = """\
{study}
{underline}
A study that compared images by votes, with all that its tables were made of.{rehearsal}

What is what
  votes.csv           every vote, one a line, workers under pseudonyms; excluded votes too, with the reason
  checks.csv          answers to gold trials, repeats, attention checks and practice, which are no votes
  exclusions.csv      what was left out and why, by condition: votes by what they chose, images by what they were of
  dropped_pairs.csv   images flagged as NSFW; each took its prompt and seed out of the study for all conditions
  images/             the images that were voted on: the very PNG files that workers saw, re-encoded once without metadata
                      from the images as they were made, pixel for pixel
  images.csv          which image is of which prompt, seed and condition, with its SHA-256; made_sha256 is that of the
                      file as it was made, and image its number on the site
  provenance.jsonl    how each image was made, a line of JSON each: method, settings, checkpoint, libraries, traces of steps
  prompts.csv         the prompts, with their subsets and the phrases that must be seen, where there are any
  conditions.json     what each row of the table is: method, settings, negative sources, checkpoint and revision, scheduler
  design.json         the study as it was published: prompt sets with seeds, votes wanted, checks and rules
  instructions/       instructions and consent as they were written and shown, the questions, quiz and examples
  protocol.json       how the study was run, in words
  tables.*            the table, as CSV, LaTeX, Markdown and HTML
  report.json         every number of the report, unrounded
  report.html         the report, for reading and printing
  figures/            its figures, as PDF, SVG and PNG
  options.json        resamples and seed of the bootstrap that the numbers were made with
  SHA256SUMS          the SHA-256 of every file

How to check it
  sha256sum -c SHA256SUMS
      whether the files are unchanged; in the folder that this bundle was unpacked into
  python -m analysis verify BUNDLE.zip
      the same, whether the images are those that were voted on, and whether every number of report.json and tables.* is
      what the votes make
  python -m analysis report votes.csv --checks checks.csv --protocol protocol.json --images images.csv \\
      --resamples {resamples} --seed {seed} --out again
      makes tables.*, report.* and figures/ again
"""


def readme(study: str, *, rehearsal: bool, resamples: int, seed: int) -> str:
    """The text for one study."""
    said = "\nA rehearsal: the votes are of synthetic voters or of whoever tried the study out." if rehearsal else ""
    return TEXT.format(study=study, underline="=" * len(study), rehearsal=said, resamples=resamples, seed=seed)

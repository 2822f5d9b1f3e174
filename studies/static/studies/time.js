"use strict";

/* How long the page of a trial could be seen, sent with the answer in seconds. */
{
  let trial = asked();
  let seen = 0; // milliseconds, until `since`
  let since = null; // null while the page is hidden

  // In Mechanical Turk's frame all trials have one path; where the answer goes to tells them apart everywhere.
  function asked() {
    const address = new URL(document.querySelector("form.questions")?.action ?? location);
    return `${address.pathname} ${address.searchParams.get("trial")}`;
  }

  function start() {
    since ??= document.hidden ? null : performance.now();
  }

  function stop() {
    if (since !== null) seen += performance.now() - since;
    since = null;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", start);

  document.addEventListener("page", () => {
    stop();
    // A page that comes back because an answer was missing is still the same look.
    if (asked() !== trial) [trial, seen] = [asked(), 0];
    start();
  });

  document.addEventListener("formdata", (event) => {
    if (!event.formData.has("visible")) return;
    stop();
    start();
    event.formData.set("visible", (seen / 1000).toFixed(1));
  });
}

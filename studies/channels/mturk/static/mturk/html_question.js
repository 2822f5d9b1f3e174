"use strict";

/*
 * Which image of the stored order stands at each position, Image 1 first. The import computes the same: every step is
 * described in questions/order.py.
 */
function shownOrder(assignmentId, key, images) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${assignmentId}\n${key}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash = (hash ^ (hash >>> 16)) >>> 0;

  const factorial = (number) => (number > 1 ? number * factorial(number - 1) : 1);
  let number = hash % factorial(images);
  const left = [...Array(images).keys()];
  const order = [];
  for (let following = images - 1; following >= 0; following--) {
    order.push(...left.splice(Math.floor(number / factorial(following)), 1));
    number %= factorial(following);
  }
  return order;
}

/*
 * A HIT in one page: the start, then one comparison after the other, then the end, whose form carries all answers to
 * Mechanical Turk. Only what is looked at is part of the document; what was answered is kept aside and comes back unchanged.
 */
{
  const NOT_ACCEPTED = "ASSIGNMENT_ID_NOT_AVAILABLE";
  const { submitTo, comparisons } = JSON.parse(document.getElementById("known").textContent);
  const query = new URLSearchParams(location.search);
  const assignmentId = query.get("assignmentId") || NOT_ACCEPTED;

  const start = document.querySelector("[data-start]");
  const end = document.querySelector("[data-end]");
  const steps = [];
  let loadedAhead = [];

  /* One comparison */

  function linksOf({ key, images }) {
    return shownOrder(assignmentId, key, images.length).map((index) => images[index]);
  }

  function made(comparison) {
    const section = document.importNode(document.querySelector("template").content.firstElementChild, true);
    const links = linksOf(comparison);
    section.querySelectorAll("figure img").forEach((image, position) => (image.src = links[position]));
    section.querySelector(".prompt").textContent = comparison.prompt;
    section.querySelector(".note").innerHTML = comparison.note;
    section.querySelector(".note").hidden = !comparison.note;
    return { key: comparison.key, section, seen: 0 };
  }

  function lacking(section) {
    return [...section.querySelectorAll("figure img")].filter((image) => !image.complete || !image.naturalWidth);
  }

  function loadAgain(image) {
    if (image.complete) image.src = image.src;
  }

  /* How long it could be seen: milliseconds, until `since`, which is null while nothing or a hidden page is shown */

  let current = null;
  let since = null;

  function stop() {
    if (current && since !== null) current.seen += performance.now() - since;
    since = null;
  }

  function go() {
    if (current && !document.hidden) since ??= performance.now();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : go()));

  /* From one to the next */

  function show(section) {
    stop();
    document.querySelectorAll(".tools [aria-pressed=true]").forEach((button) => button.click());
    current?.section.remove();
    current = null;
    start.hidden = true;
    end.hidden = section !== end;
    document.querySelector("header").hidden = section === end;
    document.body.className = section === end ? "message" : "trial";
    scrollTo(0, 0);
  }

  function showStep(number) {
    steps[number] ??= made(comparisons[number]);
    show(steps[number].section);
    current = steps[number];
    start.after(current.section);
    current.section.querySelector("[data-back]").hidden = number === 0;
    showProgress(number + 1);
    loadedAhead = (comparisons[number + 1] ? linksOf(comparisons[number + 1]) : []).map((link) => {
      const image = new Image();
      image.src = link;
      return image;
    });
    document.dispatchEvent(new Event("page"));
    current.section.querySelector("h1").focus();
    go();
  }

  function showProgress(number) {
    const label = document.querySelector("[data-of]");
    label.textContent = label.dataset.of.replace("#", number);
    document.querySelector("progress").value = number;
  }

  function showEnd() {
    show(end);
    end.querySelector("h1").focus();
  }

  function begin() {
    const reminder = document.querySelector(".reminder");
    reminder.append(document.querySelector("[data-instructions]"));
    reminder.hidden = false;
    showStep(0);
  }

  function goOn() {
    const missing = lacking(current.section);
    missing.forEach(loadAgain);
    current.section.querySelector(".failed").hidden = !missing.length;
    if (missing.length) return;
    const number = steps.indexOf(current) + 1;
    if (number < comparisons.length) showStep(number);
    else showEnd();
  }

  document.addEventListener("submit", (event) => {
    if (event.target === end.querySelector("form")) return;
    event.preventDefault();
    if (current) goOn();
    else begin();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-back]")) showStep((current ? steps.indexOf(current) : comparisons.length) - 1);
  });

  /* Sending */

  const form = end.querySelector("form");

  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("aria-busy")) event.preventDefault();
    form.setAttribute("aria-busy", "true");
  });

  addEventListener("pageshow", () => form.removeAttribute("aria-busy")); // back on the page, as nothing was taken

  form.addEventListener("formdata", ({ formData }) => {
    formData.set("assignmentId", assignmentId);
    for (const { key, section, seen } of steps) {
      const answers = [...new FormData(section.querySelector("form"))].filter(([name]) => name.startsWith("."));
      answers.forEach(([name, value]) => formData.set(key + name, value));
      formData.set(`${key}.seconds`, (seen / 1000).toFixed(1));
    }
  });

  start.querySelector("[data-without-script]").remove();
  if (assignmentId === NOT_ACCEPTED) {
    start.querySelector("[data-preview]").hidden = false;
  } else if (query.get("turkSubmitTo") !== submitTo) {
    start.querySelector("[data-elsewhere]").hidden = false;
  } else {
    form.action = `${submitTo}/mturk/externalSubmit`;
    start.querySelector("fieldset").disabled = false;
  }
}

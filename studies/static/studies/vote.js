"use strict";

/*
 * Comfort for the voting pages, which work without any of it: the next page is put in place of this one, so that images
 * loaded ahead are still there (the site forbids caching them); keys answer; all images zoom in step.
 */

const SHORTCUTS_OFF = "shortcuts-off";
let loadedAhead = [];

function find(selector) {
  return document.querySelector(selector);
}

function prepare() {
  const images = find("[data-preload]");
  if (!images) return;
  loadedAhead = images.dataset.preload.split(" ").filter(Boolean).map((address) => {
    const image = new Image();
    image.src = address;
    return image;
  });
  images.classList.add("zoomable");
  find("[data-zoom]").hidden = false;
  find(".keys").hidden = false;
  showShortcuts();
}

/* The next page in place of this one */

function show(html, address) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.body.replaceWith(page.body);
  history.replaceState(null, "", address);
  prepare();
  scrollTo(0, 0);
  find("[data-focus]")?.focus();
}

async function send(form) {
  form.setAttribute("aria-busy", "true");
  find(".failed").hidden = true;
  let html, address;
  try {
    const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (response.status >= 500) throw new Error(response.statusText);
    [html, address] = [await response.text(), response.url];
  } catch {
    form.removeAttribute("aria-busy");
    find(".failed").hidden = false;
    return;
  }
  show(html, address);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-in-place]")) return;
  event.preventDefault();
  if (!event.target.hasAttribute("aria-busy")) send(event.target);
});

/* Keys */

function unanswered() {
  return [...document.querySelectorAll(".criterion")].find((criterion) => !criterion.querySelector(":checked"));
}

function shortcutsOn() {
  return !localStorage.getItem(SHORTCUTS_OFF);
}

function showShortcuts() {
  find("[data-keys]").textContent = shortcutsOn() ? "Turn keys off" : "Turn keys on";
  find("[data-keys-on]").hidden = !shortcutsOn();
  const next = shortcutsOn() ? unanswered() : undefined;
  document.querySelectorAll(".criterion").forEach((criterion) => criterion.classList.toggle("answering", criterion === next));
}

function answer(key) {
  const choice = unanswered()?.querySelector(`input[value="${key}"]`);
  if (!choice) return;
  choice.checked = true;
  showShortcuts();
  (unanswered() ? choice : find(".next")).focus();
}

document.addEventListener("keydown", (event) => {
  if (!find("[data-in-place]") || !shortcutsOn() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[0-4]$/.test(event.key)) answer(event.key);
  if (event.key.toLowerCase() === "z") zoom();
});

document.addEventListener("change", (event) => {
  if (event.target.closest(".criterion")) showShortcuts();
});

/* Zoom */

function zoom() {
  const zoomed = find(".images").classList.toggle("zoomed");
  find("[data-zoom]").setAttribute("aria-pressed", zoomed);
}

function lookAt(event, frame) {
  const box = frame.getBoundingClientRect();
  const images = find(".images");
  images.style.setProperty("--x", `${(100 * (event.clientX - box.left)) / box.width}%`);
  images.style.setProperty("--y", `${(100 * (event.clientY - box.top)) / box.height}%`);
}

document.addEventListener("pointermove", (event) => {
  const frame = event.target.closest?.(".frame");
  if (frame) lookAt(event, frame);
});

document.addEventListener("click", (event) => {
  const frame = event.target.closest(".zoomable .frame");
  if (frame) lookAt(event, frame);
  if (frame || event.target.closest("[data-zoom]")) zoom();
  if (event.target.closest("[data-keys]")) {
    if (shortcutsOn()) localStorage.setItem(SHORTCUTS_OFF, "1");
    else localStorage.removeItem(SHORTCUTS_OFF);
    showShortcuts();
  }
});

prepare();

"use strict";

/* Number keys answer; other keys are passed on to the other scripts as “shortcut” events. All can be turned off. */
{
  const OFF = "shortcuts-off";

  function find(selector) {
    return document.querySelector(selector);
  }

  let off = recalled();

  function areOn() {
    return !off;
  }

  // In a frame of another site, browsers may refuse to keep anything; then a choice lasts as long as the page.
  function recalled() {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return false;
    }
  }

  function remember() {
    try {
      if (off) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch {}
  }

  function unanswered() {
    return [...document.querySelectorAll(".criterion")].find((criterion) => !criterion.querySelector(":checked"));
  }

  function showHints() {
    const button = find("[data-keys]");
    if (!button) return;
    find(".keys").hidden = false;
    find("[data-keys-on]").hidden = !areOn();
    button.textContent = areOn() ? button.dataset.turnOff : button.dataset.turnOn;
    const next = areOn() ? unanswered() : undefined;
    document.querySelectorAll(".criterion").forEach((criterion) => criterion.classList.toggle("answering", criterion === next));
  }

  function answer(key) {
    const choice = unanswered()?.querySelector(`input[value="${key}"]`);
    if (!choice) return;
    choice.checked = true;
    showHints();
    (unanswered() ? choice : find(".next")).focus();
  }

  function isMeantForField(event) {
    // Arrows move between radio buttons; everything else that is typed belongs to the field it is typed in.
    return event.target.matches(event.key.startsWith("Arrow") ? "input, textarea, select" : "input:not([type=radio]), textarea, select");
  }

  document.addEventListener("keydown", (event) => {
    if (!find("[data-vote]") || !areOn() || event.ctrlKey || event.metaKey || event.altKey || isMeantForField(event)) return;
    if (/^[0-4]$/.test(event.key)) answer(event.key);
    const shortcut = new CustomEvent("shortcut", { detail: event.key.toLowerCase(), cancelable: true });
    if (!document.dispatchEvent(shortcut)) event.preventDefault();
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest(".criterion")) showHints();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys]")) return;
    off = !off;
    remember();
    showHints();
  });

  document.addEventListener("page", showHints);
}

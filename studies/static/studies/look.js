"use strict";

/* Two ways to look closer: all images zoom in step, and they flip: one at a time, in the same place. */
{
  const STEP = 10; // per cent of the image that an arrow key moves the zoom by
  const ARROWS = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] };
  let corner = { x: 50, y: 50 };

  function find(selector) {
    return document.querySelector(selector);
  }

  function isOn(mode) {
    return Boolean(find(`.images.${mode}`));
  }

  /* Zoom */

  function zoom() {
    find("[data-zoom]").setAttribute("aria-pressed", find(".images").classList.toggle("zoomed"));
  }

  function lookAt(x, y) {
    const within = (value) => Math.min(100, Math.max(0, value));
    corner = { x: within(x), y: within(y) };
    find(".images").style.setProperty("--x", `${corner.x}%`);
    find(".images").style.setProperty("--y", `${corner.y}%`);
  }

  function follow(event, frame) {
    const box = frame.getBoundingClientRect();
    lookAt((100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height);
  }

  /* Flip */

  function figures() {
    return [...document.querySelectorAll(".images figure")];
  }

  function shown() {
    return figures().findIndex((figure) => figure.classList.contains("current"));
  }

  function showImage(number) {
    const all = figures();
    const current = (number + all.length) % all.length;
    all.forEach((figure, index) => figure.classList.toggle("current", index === current));
    document.querySelectorAll("[data-show]").forEach((button, index) => button.setAttribute("aria-pressed", index === current));
    find("[data-shown]").textContent = all[current].querySelector("img").alt;
  }

  function flip(on) {
    find(".images").classList.toggle("flipping", on);
    find("[data-flip]").setAttribute("aria-pressed", on);
    find(".flip").hidden = !on;
    if (on) showImage(0);
  }

  /* What asks for it */

  document.addEventListener("shortcut", (event) => {
    const key = event.detail;
    if (key === "z") zoom();
    if (key === "f") isOn("flipping") ? showImage(shown() + 1) : flip(true);
    if (key === "escape" && isOn("flipping")) flip(false);
    if (!ARROWS[key]) return;
    const [right, down] = ARROWS[key];
    if (isOn("flipping") && right) showImage(shown() + right);
    else if (isOn("zoomed")) lookAt(corner.x + STEP * right, corner.y + STEP * down);
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const frame = event.target.closest(".ready .frame");
    const button = event.target.closest("[data-show]");
    if (frame && isOn("flipping")) showImage(shown() + 1);
    else if (frame) follow(event, frame);
    if ((frame && !isOn("flipping")) || event.target.closest("[data-zoom]")) zoom();
    if (event.target.closest("[data-flip]")) flip(!isOn("flipping"));
    if (button) showImage(Number(button.dataset.show));
  });

  document.addEventListener("pointermove", (event) => {
    const frame = event.target.closest?.(".images .frame");
    if (frame) follow(event, frame);
  });

  document.addEventListener("page", () => {
    corner = { x: 50, y: 50 };
    find(".images")?.classList.add("ready");
    if (find(".tools")) find(".tools").hidden = false;
  });
}

"use strict";

/*
 * The voting pages work without any script. This one puts the next page in place of this one, so that images loaded ahead
 * are still there (the site forbids caching them), and tells the other scripts of it by a “page” event.
 */
{
  let loadedAhead = [];

  function find(selector) {
    return document.querySelector(selector);
  }

  function prepare() {
    const addresses = find("[data-preload]")?.dataset.preload.split(" ").filter(Boolean) ?? [];
    loadedAhead = addresses.map((address) => {
      const image = new Image();
      image.src = address;
      return image;
    });
    document.dispatchEvent(new Event("page"));
  }

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
    if (!find("[aria-busy]")) send(event.target);
  });

  addEventListener("DOMContentLoaded", prepare);
}

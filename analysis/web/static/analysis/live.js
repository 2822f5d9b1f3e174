// Reads a page again from time to time and puts its parts in the place of the old ones, unless its reader says no, and as
// long as the page says how many seconds that should take. Parts that name a source come from there, one after the other, and
// the first time at once.
document.addEventListener("DOMContentLoaded", () => {
  const live = document.getElementById("live");
  const pause = live.querySelector(".live-pause");
  const wanted = pause.querySelector("input");
  const wait = 1000 * Number(live.dataset.seconds);
  pause.hidden = false;

  // What is open stays open, and what somebody is in with the keyboard stays where it is.
  const put = (part, fresh) => {
    if (part.contains(document.activeElement) || part.innerHTML === fresh.innerHTML) return;
    const open = [...part.querySelectorAll("details[open]")].map((details) => details.dataset.part);
    const across = [...part.querySelectorAll(".live-scroll")].map((box) => box.scrollLeft);
    part.innerHTML = fresh.innerHTML;
    open.forEach((name) => part.querySelector(`details[data-part="${name}"]`)?.setAttribute("open", ""));
    part.querySelectorAll(".live-scroll").forEach((box, n) => { box.scrollLeft = across[n] ?? 0; });
  };
  let isOver = false;
  const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const fill = async () => {
    for (const part of live.querySelectorAll(":scope > [data-source]")) {
      const answer = await fetch(part.dataset.source);
      if (!answer.ok || answer.redirected) return;
      const fresh = (await parse(answer)).querySelector(`[data-part="${part.dataset.part}"]`);
      if (!fresh) return;
      put(part, fresh);
      part.setAttribute("aria-labelledby", fresh.getAttribute("aria-labelledby"));
      part.removeAttribute("aria-busy");
    }
  };
  const read = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return;
    const page = await parse(answer);
    isOver = !page.getElementById("live")?.dataset.seconds;
    live.querySelectorAll(":scope > [data-part]:not([data-source])").forEach((part) => {
      const fresh = page.querySelector(`#live > [data-part="${part.dataset.part}"]`);
      if (fresh) put(part, fresh);
    });
    await fill();
  };
  const again = async () => {
    try {
      if (wanted.checked && !document.hidden) await read();
    } finally {
      pause.hidden = isOver;
      if (!isOver) setTimeout(again, wait);
    }
  };
  fill();
  setTimeout(again, wait);
});

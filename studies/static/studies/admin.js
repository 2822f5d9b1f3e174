// Asks again, every ten seconds while the page can be seen, for the pieces of a page that change by themselves.
document.addEventListener("DOMContentLoaded", () => {
  const refresh = async (piece) => {
    if (document.hidden) return;
    const answer = await fetch(piece.dataset.refresh).catch(() => null); // the site is away: the next try may find it
    if (answer && answer.ok && !answer.redirected) piece.innerHTML = await answer.text();
  };
  document.querySelectorAll("[data-refresh]").forEach((piece) => setInterval(refresh, 10000, piece));
});

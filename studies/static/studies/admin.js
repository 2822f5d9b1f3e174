// Asks again, ten seconds after each answer while the page can be seen, for the pieces of a page that change by themselves.
document.addEventListener("DOMContentLoaded", () => {
  const refresh = async (piece) => {
    if (!document.hidden) {
      const answer = await fetch(piece.dataset.refresh).catch(() => null); // the site is away: the next try may find it
      if (answer && answer.ok && !answer.redirected) piece.innerHTML = await answer.text();
    }
    setTimeout(refresh, 10000, piece);
  };
  document.querySelectorAll("[data-refresh]").forEach((piece) => setTimeout(refresh, 10000, piece));
});

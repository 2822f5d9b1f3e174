// Shows a run's progress on its page, and asks again every two seconds.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("run-progress");
  if (!panel) return;
  const refresh = async () => {
    try {
      const answer = await fetch(panel.dataset.address);
      if (answer.ok) panel.innerHTML = await answer.text();
    } finally {
      setTimeout(refresh, 2000);
    }
  };
  refresh();
});

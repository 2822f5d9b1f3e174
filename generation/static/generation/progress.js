// Shows a run's progress on its page, and asks again every two seconds until nothing is left to be made.
document.addEventListener("DOMContentLoaded", () => {
  const panel = document.getElementById("run-progress");
  if (!panel) return;
  const refresh = async () => {
    try {
      const answer = await fetch(panel.dataset.address);
      if (answer.ok) panel.innerHTML = await answer.text();
    } finally {
      const bar = panel.querySelector("progress");
      if (!bar || bar.value < bar.max) setTimeout(refresh, 2000);
    }
  };
  refresh();
});

// The form in the frame was taken: go on. The frame itself may not take the page anywhere.
window.addEventListener("message", (event) => {
  if (event.origin !== window.location.origin || event.data !== "mturk-emulator-submitted") return;
  window.location.assign("/next");
});

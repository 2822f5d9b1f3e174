// Tell the worker's site, which has the same origin as this page.
if (window.top !== window) window.top.postMessage("mturk-emulator-submitted", window.location.origin);

// Extras for the trainer's pages; each page works without them.
//   <button data-busy="words">         says that its form is being sent, and is sent once
//   <button data-fullscreen hidden>    appears, and fills the screen with the page
// A table that scrolls by itself stays where it was when a newer one takes its place.
"use strict";
(() => {
  document.addEventListener("submit", (event) => {
    const words = event.submitter?.dataset.busy;
    if (!words) return;
    if (event.target.dataset.sending) {
      event.preventDefault();
      return;
    }
    event.target.dataset.sending = "yes";
    event.submitter.textContent = words;
    event.submitter.setAttribute("aria-disabled", "true");
  });

  // A page that the browser kept as it was left still says that it is being sent.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  const places = new Map();
  document.addEventListener("htmx:beforeSwap", () => {
    for (const table of document.querySelectorAll(".class-grid")) places.set(table.id, [table.scrollLeft, table.scrollTop]);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, [left, top]] of places) document.getElementById(id)?.scrollTo(left, top);
  });

  for (const button of document.querySelectorAll("[data-fullscreen]")) {
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", () => document.documentElement.requestFullscreen());
  }
})();

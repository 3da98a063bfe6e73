// Extras for every page; each page works without them. What an element asks for stands in its attributes:
//   <form data-confirm="words">        asks before it is sent
//   <form data-busy="words">           says on its button that it is being sent, and is sent once
//   <button data-print hidden>         appears, and prints the page
//   <time data-seconds-left="90">      counts down in minutes and seconds, by the server's time at loading
//   <… data-seconds-left data-reload>  loads the page anew when the time is over
// Elements that come later, such as fragments that are polled, work as well.
"use strict";
(() => {
  const LAST_MINUTE = 60;
  const ends = new WeakMap();

  const showPrinting = () => {
    for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;
  };

  const clock = (seconds) => {
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const two = (value) => String(value).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  };

  const countDown = () => {
    for (const element of document.querySelectorAll("[data-seconds-left]")) {
      if (!ends.has(element)) ends.set(element, performance.now() + 1000 * Number(element.dataset.secondsLeft));
      const left = Math.max(0, Math.ceil((ends.get(element) - performance.now()) / 1000));
      element.textContent = clock(left);
      element.classList.toggle("short", left <= LAST_MINUTE);
      // One second late, so that the server agrees; and never where the time was over at loading.
      if (left === 0 && "reload" in element.dataset && Number(element.dataset.secondsLeft) > 0) {
        delete element.dataset.reload;
        setTimeout(() => location.reload(), 1000);
      }
    }
  };

  const setBusy = (form, button) => {
    form.dataset.sent = "yes";
    if (!button) return;
    button.dataset.rest = button.textContent;
    button.textContent = form.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const words = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (form.dataset.sent || (words && !window.confirm(words))) {
      event.preventDefault();
      return;
    }
    if ("busy" in form.dataset) setBusy(form, event.submitter);
  });

  // Whoever comes back by the browser's button finds the form as it was before it was sent.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.elements) {
        if (!("rest" in button.dataset)) continue;
        button.textContent = button.dataset.rest;
        button.removeAttribute("aria-disabled");
        delete button.dataset.rest;
      }
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  // Paper cannot be opened: what is closed on the screen is printed all the same.
  const opened = new Set();
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      details.open = true;
      opened.add(details);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened.clear();
  });

  showPrinting();
  countDown();
  setInterval(countDown, 1000);
  document.addEventListener("htmx:afterSwap", () => { showPrinting(); countDown(); });
})();

// Extras for the trainee's pages; each page works without them.
//   nav[data-tabs]      becomes tabs: one part of the dossier at a time, arrow keys go along
//   form[data-desk]     keys 1 to 4 choose an action (they can be switched off), the list can be searched
//   [data-offline]      appears while a waiting page cannot reach the server
//   [data-open-all]     opens all <details> of a page
"use strict";
(() => {
  const KEYS_OFF = "saring-keys-off";

  // One part of the dossier at a time; the address says which, so that a request comes back to its own.
  const makeTabs = (nav) => {
    const tabs = [...nav.querySelectorAll("a.tab")];
    const panelOf = (tab) => document.getElementById(tab.hash.slice(1));
    const choose = (chosen, { focus = false } = {}) => {
      for (const tab of tabs) {
        const isChosen = tab === chosen;
        tab.setAttribute("aria-selected", String(isChosen));
        tab.tabIndex = isChosen ? 0 : -1;
        panelOf(tab).hidden = !isChosen;
      }
      if (focus) chosen.focus();
    };
    nav.setAttribute("role", "tablist");
    for (const tab of tabs) {
      const panel = panelOf(tab);
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      panel.tabIndex = 0;
      panel.querySelector("h2").classList.add("visually-hidden");
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        choose(tab);
      });
    }
    const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
    nav.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      let next = null;
      if (event.key in STEPS) next = tabs[(at + STEPS[event.key] + tabs.length) % tabs.length];
      if (event.key === "Home") next = tabs[0];
      if (event.key === "End") next = tabs[tabs.length - 1];
      if (event.key === " ") next = tabs[at];
      if (at < 0 || !next) return;
      event.preventDefault();
      choose(next, { focus: true });
    });
    const wanted = tabs.find((tab) => tab.hash === location.hash);
    choose(wanted ?? tabs[0], { focus: Boolean(wanted) });
  };

  const isTyping = (element) =>
    element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=hidden])");

  const remembered = () => {
    try { return localStorage.getItem(KEYS_OFF) !== null; } catch { return false; }
  };

  const remember = (isOff) => {
    try {
      if (isOff) localStorage.setItem(KEYS_OFF, "");
      else localStorage.removeItem(KEYS_OFF);
    } catch { /* Without storage it holds for this page. */ }
  };

  const makeKeys = (form) => {
    const offer = form.querySelector("[data-keys]");
    const marks = form.querySelectorAll("kbd");
    const box = offer.querySelector("input");
    const show = () => { for (const mark of marks) mark.hidden = !box.checked; };
    offer.hidden = false;
    box.checked = !remembered();
    show();
    box.addEventListener("change", () => { remember(!box.checked); show(); });
    document.addEventListener("keydown", (event) => {
      if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
      const action = form.querySelector(`input[data-key="${CSS.escape(event.key)}"]`);
      if (!action) return;
      event.preventDefault();
      action.checked = true;
      action.focus();
    });
  };

  const countTicked = (theme) => {
    const count = theme.querySelectorAll("input:checked").length;
    theme.querySelector("[data-count]").textContent = String(count);
    theme.querySelector("[data-ticked]").hidden = count === 0;
  };

  const makeSearch = (form) => {
    const offer = form.querySelector("[data-search]");
    const words = offer.querySelector("input");
    const none = offer.querySelector("[data-none]");
    const themes = [...form.querySelectorAll(".theme")];
    const wereOpen = new Map();
    offer.hidden = false;
    words.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    words.addEventListener("input", () => {
      const sought = words.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const theme of themes) {
        if (!wereOpen.has(theme)) wereOpen.set(theme, theme.open);
        let here = 0;
        for (const sign of theme.querySelectorAll(".sign")) {
          const text = sign.textContent.toLocaleLowerCase();
          sign.hidden = !sought.every((word) => text.includes(word));
          here += sign.hidden ? 0 : 1;
        }
        theme.hidden = here === 0;
        theme.open = sought.length ? here > 0 : wereOpen.get(theme);
        found += here;
      }
      if (!sought.length) wereOpen.clear();
      none.hidden = found > 0;
    });
    for (const theme of themes) theme.addEventListener("change", () => countTicked(theme));
  };

  for (const nav of document.querySelectorAll("nav[data-tabs]")) makeTabs(nav);
  for (const form of document.querySelectorAll("form[data-desk]")) {
    makeKeys(form);
    makeSearch(form);
  }
  if (location.hash === "#decide") document.querySelector("#decide [role=alert]")?.scrollIntoView();

  const opener = document.querySelector("[data-open-all]");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
  }
  window.addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details.looked-back")) details.open = true;
  });

  const offline = document.querySelector("[data-offline]");
  if (offline) {
    const show = (isOffline) => () => { offline.hidden = !isOffline; };
    document.addEventListener("htmx:sendError", show(true));
    document.addEventListener("htmx:responseError", show(true));
    document.addEventListener("htmx:beforeOnLoad", show(false));
  }
})();

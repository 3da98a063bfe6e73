// What every page does: numbers as the page writes them, one language at a time, all details open in print.
const saring = (() => {
  "use strict";

  const languages = ["en", "id"];
  const choices = { en: document.getElementById("in-en"), id: document.getElementById("in-id") };
  const title = document.querySelector("h1");
  const listeners = [];

  // --- numbers -------------------------------------------------------------------------------------------
  const grouped = (value, digits, tongue) => {
    const english = Math.abs(value).toFixed(digits).replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ",");
    const signed = (value < 0 && Number(english) !== 0 ? "−" : "") + english;
    return tongue === "id" ? signed.replace(/[,.]/g, (sign) => (sign === "," ? "." : ",")) : signed;
  };
  const share = (part, tongue) => {
    const value = 100 * part;
    if (value === 0 || value === 100) return grouped(value, 0, tongue);
    if (value < 0.001) return `<${grouped(0.001, 3, tongue)}`;
    const digits = value >= 1 ? 1 : value >= 0.1 ? 2 : 3;
    return grouped(value, value > 99.9 ? Math.max(digits, 2) : digits, tongue);
  };
  const percent = (text, tongue) => text + (tongue === "id" ? "%" : "\u00a0%");
  const of = { en: "of", id: "dari" };

  // --- elements ------------------------------------------------------------------------------------------
  const element = (name, className, inside) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...inside);
    return made;
  };
  const both = (say) =>
    languages.map((tongue) => {
      const span = element("span", "", [say(tongue)]);
      span.lang = tongue;
      return span;
    });
  const svg = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const shapes = {
    victim: "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0Z",
    lawful: "M-7.5-7.5H7.5V7.5H-7.5Z",
    irregular: "M0-10 9.5 8H-9.5Z",
    facilitator: "M0-10 10 0 0 10-10 0Z",
  };

  // --- language and print --------------------------------------------------------------------------------
  const language = () => (choices.id.checked ? "id" : "en");
  const words = (node, tongue) => (node.querySelector(`[lang="${tongue}"]`) || node).textContent.trim();
  const speak = () => {
    document.documentElement.lang = language();
    document.title = `${words(title, language())} – saring`;
    listeners.forEach((listener) => listener(language()));
  };
  const begin = () => {
    const wanted = new URLSearchParams(window.location.search).get("lang");
    if (choices[wanted]) choices[wanted].checked = true;
    Object.values(choices).forEach((choice) => choice.addEventListener("change", speak));
    speak();
  };

  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    closed.forEach((details) => (details.open = true));
  });
  window.addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));

  return { languages, grouped, share, percent, of, element, both, svg, shapes, language, words, listeners, begin };
})();

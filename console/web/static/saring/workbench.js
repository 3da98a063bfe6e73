/* The workbench's slider and charts. Nothing is computed here: the slider writes a threshold into the form's
   own field, the server answers with the figures, and the charts move their marks to what it answered. */
"use strict";

const slider = document.getElementById("slider");
const field = document.getElementById("id_threshold");
const charts = document.getElementById("charts");
const NOWHERE = 1e9;
const views = [];

const nearest = (thresholds, value) =>
  thresholds.reduce((best, one, step) => (Math.abs(one - value) < Math.abs(thresholds[best] - value) ? step : best), 0);

function followSlider() {
  const written = slider.dataset.thresholds.split(",");
  const thresholds = written.map(Number);
  const tell = () => slider.setAttribute("aria-valuetext", written[slider.value]);
  document.getElementById("sliding").hidden = false;
  tell();
  slider.addEventListener("input", () => {
    field.value = written[slider.value];
    tell();
    moveMarks(thresholds[slider.value], null);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("input", () => {
    if (field.value === "") return;
    slider.value = nearest(thresholds, Number(field.value));
    tell();
  });
}

function moveMarks(chosen, reachable) {
  for (const view of views) {
    view.signal("chosen", chosen);
    if (reachable !== null) view.signal("reachable", reachable);
    view.runAsync();
  }
}

function followFigures() {
  const { chosen, reachable } = document.getElementById("figures").dataset;
  moveMarks(Number(chosen), reachable === "" ? NOWHERE : Number(reachable));
}

async function drawCharts() {
  const answer = await fetch(charts.dataset.address);
  if (!answer.ok) return;
  const options = { ast: true, actions: false, renderer: "svg", tooltip: false, defaultStyle: false };
  charts.hidden = false;
  for (const [name, spec] of Object.entries(await answer.json())) {
    const place = document.getElementById(`chart-${name}`);
    views.push((await vegaEmbed(place, spec, options)).view);
    /* The page names the chart in its own language; Vega names every mark in English. */
    place.querySelector("svg").setAttribute("aria-hidden", "true");
  }
  followFigures();
}

followSlider();
drawCharts();
document.body.addEventListener("htmx:afterSwap", followFigures);
/* Another stage has other thresholds and other charts: that is another page. */
document.getElementById("id_stage")?.addEventListener("change", (event) => {
  event.stopPropagation();
  event.target.form.submit();
});

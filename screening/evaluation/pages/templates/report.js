// The threshold slider of the report. The page is complete without it.
(() => {
  "use strict";

  const { grouped, share, percent, of, element, both, svg, shapes } = saring;

  // --- the slider ----------------------------------------------------------------------------------------
  const source = document.getElementById("slider-data");
  if (source) {
    const data = JSON.parse(source.textContent);
    const slider = document.getElementById("slider");
    const input = document.getElementById("slider-input");
    const kinds = [
      { live: "missed", of: "victims", at: 1, who: "victim" },
      { live: "lawful", of: "lawful", at: 4, who: "lawful" },
      { live: "irregular", of: "irregular", at: 7, who: "irregular" },
    ];

    const rate = (point, kind, tongue) => {
      const [count, low, high] = point.slice(kind.at, kind.at + 3);
      const n = data.n[kind.of];
      return {
        n,
        estimate: n ? count / n : 0,
        percent: n ? percent(share(count / n, tongue), tongue) : "–",
        interval: `(${percent(`${share(low, tongue)}–${share(high, tongue)}`, tongue)})`,
        count: `${grouped(count, 0, tongue)} ${of[tongue]} ${grouped(n, 0, tongue)}`,
      };
    };
    const flags = (point) => {
      const others = data.n.lawful + data.n.irregular;
      const found = data.n.victims ? (data.n.victims - point[1]) / data.n.victims : 0;
      const wrong = others ? (point[4] + point[7]) / others : 0;
      return 10000 * (data.share * found + (1 - data.share) * wrong);
    };

    // Marks over the drawn charts: a dashed line at the slider's threshold, and one open mark for each rate.
    const overlays = [...document.querySelectorAll("[data-chart] svg.marks")].map((picture) => {
      const name = picture.closest("[data-chart]").dataset.chart;
      const frame = data.frames[name];
      const layer = svg("g", { transform: `translate(${frame.left + 0.5},${frame.top + 0.5})`, class: "overlay" });
      const line = svg("line", { class: "overlay-line" });
      const marks = kinds
        .filter((kind) => name === "thresholds" || kind.who !== "victim")
        .map((kind) => ({ kind, mark: svg("path", { d: shapes[kind.who], class: `overlay-mark ${kind.who}` }) }));
      layer.append(line, ...marks.map((entry) => entry.mark));
      picture.append(layer);
      return { name, frame, line, marks };
    });
    const place = (value, ends, length) => (length * (value - ends[0])) / (ends[1] - ends[0]);

    const draw = (point) => {
      for (const { name, frame, line, marks } of overlays) {
        const missed = frame.height - place(rate(point, kinds[0], "en").estimate, frame.y, frame.height);
        const along = place(point[0], frame.x, frame.width);
        const ends =
          name === "thresholds"
            ? { x1: along, x2: along, y1: 0, y2: frame.height }
            : { x1: 0, x2: frame.width, y1: missed, y2: missed };
        Object.entries(ends).forEach(([key, value]) => line.setAttribute(key, value));
        for (const { kind, mark } of marks) {
          const { n, estimate } = rate(point, kind, "en");
          const x = name === "thresholds" ? along : place(estimate, frame.x, frame.width);
          const y = name === "thresholds" ? frame.height - place(estimate, frame.y, frame.height) : missed;
          mark.setAttribute("transform", `translate(${x},${y})`);
          mark.setAttribute("visibility", n && x <= frame.width + 1 ? "visible" : "hidden");
        }
      }
    };

    const tell = (point) => {
      document.querySelectorAll('[data-live="threshold"]').forEach((node) => {
        node.replaceChildren(...both((tongue) => grouped(point[0], 2, tongue)));
      });
      for (const kind of kinds) {
        const cell = document.querySelector(`[data-live="${kind.live}"]`);
        cell.replaceChildren(
          element("b", "rate", both((tongue) => rate(point, kind, tongue).percent)),
          " ",
          element("span", "interval", both((tongue) => rate(point, kind, tongue).interval)),
          " ",
          element("span", "count", both((tongue) => rate(point, kind, tongue).count)),
        );
      }
      document
        .querySelector('[data-live="flags"]')
        .replaceChildren(element("b", "rate", both((tongue) => grouped(flags(point), 0, tongue))));
    };

    const current = () => data.points[Number(input.value)];
    const describe = (tongue) => {
      const rates = kinds.map((kind) => {
        const label = document.querySelector(`#live [data-live="${kind.live}"]`).closest("tr").querySelector("th");
        const { percent: shown } = rate(current(), kind, tongue);
        return `${saring.words(label, tongue)} ${shown}`;
      });
      input.setAttribute("aria-valuetext", `${grouped(current()[0], 2, tongue)}: ${rates.join("; ")}`);
    };
    const update = () => {
      tell(current());
      draw(current());
      describe(saring.language());
    };

    input.value = data.start;
    input.addEventListener("input", update);
    document.getElementById("slider-reset").addEventListener("click", () => {
      input.value = data.start;
      update();
      input.focus();
    });
    saring.listeners.push(describe);
    slider.hidden = false;
    document.querySelectorAll(".yours").forEach((node) => (node.hidden = false));
    update();
  }
  saring.begin();
})();

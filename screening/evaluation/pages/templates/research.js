// One slider for all charts of a researcher's page. Every place and every interval was computed beforehand.
(() => {
  "use strict";

  const { grouped, share, percent, of, element, both, svg, shapes } = saring;
  const source = document.getElementById("slider-data");
  if (source) {
    const data = JSON.parse(source.textContent);
    const slider = document.getElementById("slider");
    const input = document.getElementById("slider-input");
    const cells = (name) => [...document.querySelectorAll(`[data-${name}]`)];

    // --- marks over the drawn charts ---------------------------------------------------------------------
    const dashed = { class: "overlay-line" };
    const makers = {
      level: (chart) => [svg("line", { ...dashed, x1: 0, x2: chart.width })],
      upright: (chart) => [svg("line", { ...dashed, y1: 0, y2: chart.height })],
      tick: (_, mark) => [svg("line", { ...dashed, class: "overlay-line tick", y1: mark.row - 15, y2: mark.row + 15 })],
      point: (_, mark) => [svg("path", { class: "overlay-mark", d: shapes[mark.shape], stroke: mark.colour })],
      span: (_, mark) => [
        svg("line", { class: "overlay-span", y1: mark.row, y2: mark.row, stroke: mark.colour }),
        svg("path", { class: "overlay-mark", d: shapes[mark.shape], stroke: mark.colour }),
      ],
    };
    const set = (node, values) => {
      const shown = Object.values(values).every((value) => value !== null);
      node.setAttribute("visibility", shown ? "visible" : "hidden");
      if (shown) Object.entries(values).forEach(([key, value]) => node.setAttribute(key, value));
    };
    const put = (node, x, y) => set(node, { transform: x === null || y === null ? null : `translate(${x},${y})` });
    const movers = {
      level: ([line], mark, step) => set(line, { y1: mark.level[step], y2: mark.level[step] }),
      upright: ([line], mark, step) => set(line, { x1: mark.upright[step], x2: mark.upright[step] }),
      tick: ([line], mark, step) => set(line, { x1: mark.x[step], x2: mark.x[step] }),
      point: ([path], mark, step) => put(path, mark.x[step], mark.y[step]),
      span: ([line, path], mark, step) => {
        set(line, { x1: mark.low[step], x2: mark.high[step] });
        put(path, mark.x[step], mark.row);
      },
    };
    const overlays = cells("chart").flatMap((figure) => {
      const chart = data.charts[figure.dataset.chart];
      return [...figure.querySelectorAll("svg.marks")].flatMap((picture) => {
        const layer = svg("g", { transform: `translate(${chart.left + 0.5},${chart.top + 0.5})`, class: "overlay" });
        const made = chart.marks.map((mark) => ({ mark, nodes: makers[mark.kind](chart, mark) }));
        layer.append(...made.flatMap(({ nodes }) => nodes));
        picture.append(layer);
        return made;
      });
    });

    // --- figures -----------------------------------------------------------------------------------------
    const rate = (key, step) => {
      const found = data.rates[key];
      return { n: found.n, count: found.count[step], low: found.low[step], high: found.high[step] };
    };
    const whole = ({ count, n }, tongue) => (n ? percent(share(count / n, tongue), tongue) : "–");
    const rateNodes = (found) => [
      element("b", "rate", both((tongue) => whole(found, tongue))),
      " ",
      element("span", "interval", both((tongue) => `(${percent(`${share(found.low, tongue)}–${share(found.high, tongue)}`, tongue)})`)),
      " ",
      element("span", "count", both((tongue) => `${grouped(found.count, 0, tongue)} ${of[tongue]} ${grouped(found.n, 0, tongue)}`)),
    ];
    const flagNodes = ([estimate, low, high], minutes) => {
      const digits = estimate * minutes < 10 ? 1 : 0;
      const told = (value, tongue) => grouped(value * minutes, digits, tongue);
      return [
        element("b", "rate", both((tongue) => told(estimate, tongue))),
        " ",
        element("span", "interval", both((tongue) => `(${told(low, tongue)}–${told(high, tongue)})`)),
      ];
    };
    const cueCell = (cell, step) => {
      const [place, among] = cell.dataset.cue.split("/");
      const n = data.people[among][step];
      const count = data.cues[place][among][step];
      cell.className = n ? `heat-${Math.round((data.shades * count) / n)} yours` : "heat-0 yours";
      cell.replaceChildren(...both((tongue) => (n ? percent(grouped((100 * count) / n, 0, tongue), tongue) : "–")));
    };
    const tell = (step) => {
      const threshold = data.thresholds[step];
      cells("live").forEach((node) => node.replaceChildren(...both((tongue) => grouped(threshold, 2, tongue))));
      cells("rate").forEach((node) => node.replaceChildren(...rateNodes(rate(node.dataset.rate, step))));
      cells("flags").forEach((node) => {
        const flags = data.flags[node.dataset.flags].map((values) => values[step]);
        node.replaceChildren(...flagNodes(flags, Number(node.dataset.minutes || 1)));
      });
      cells("chance").forEach((node) => {
        node.replaceChildren(...both((tongue) => percent(share(data.chances[step], tongue), tongue)));
      });
      cells("people").forEach((node) => {
        node.replaceChildren(...both((tongue) => grouped(data.people[node.dataset.people][step], 0, tongue)));
      });
      cells("cue").forEach((cell) => cueCell(cell, step));
    };

    const current = () => Number(input.value);
    const describe = (tongue) => {
      const rates = [...document.querySelectorAll("#live-table tbody tr[data-said]")].map((row) =>
        `${saring.words(row.querySelector("th"), tongue)} ${row.dataset.said
          .split(" ")
          .map((key) => whole(rate(key, current()), tongue))
          .join(", ")}`,
      );
      const threshold = grouped(data.thresholds[current()], 2, tongue);
      input.setAttribute("aria-valuetext", `${threshold}: ${rates.join("; ")}`);
    };
    const update = () => {
      tell(current());
      overlays.forEach(({ mark, nodes }) => movers[mark.kind](nodes, mark, current()));
      describe(saring.language());
    };

    input.value = data.start;
    input.addEventListener("input", update);
    document.getElementById("slider-reset").addEventListener("click", () => {
      input.value = data.start;
      update();
      input.focus();
    });
    slider.hidden = false;
    document.querySelectorAll(".yours").forEach((node) => (node.hidden = false));
    saring.listeners.push(describe);
    update();
  }
  saring.begin();
})();

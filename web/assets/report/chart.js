// Charts by uPlot. Series differ by pattern and dash besides colour; the numbers always stand in a table near by.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { el } from "../staff/page.js";

const COLOURS = ["#2d3478", "#b4530a", "#0f766e", "#8f1d1d", "#525a6b"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [4, 4]];
const FONT = '12px "Plus Jakarta Sans Variable", system-ui, sans-serif';
const HEIGHT = 240;

/** Return a fill for series `n`: full, hatched, dotted or outlined, so that it is told apart without colour. */
function pattern(n) {
  const colour = COLOURS[n % COLOURS.length];
  if (n === 0) return colour;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const context = tile.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, 8, 8);
  context.fillStyle = context.strokeStyle = colour;
  context.lineWidth = 2;
  if (n % 3 === 1) {
    for (const at of [-8, 0, 8]) {
      context.beginPath();
      context.moveTo(at, 8);
      context.lineTo(at + 8, 0);
      context.stroke();
    }
  } else context.fillRect(1, 1, 4, 4);
  return context.createPattern(tile, "repeat");
}

function swatch(n, dashed) {
  const box = el("canvas", { width: 28, height: 14, class: "chart-swatch", "aria-hidden": "true" });
  const context = box.getContext("2d");
  if (dashed) {
    context.strokeStyle = COLOURS[n % COLOURS.length];
    context.lineWidth = 3;
    context.setLineDash(DASHES[n % DASHES.length]);
    context.beginPath();
    context.moveTo(0, 7);
    context.lineTo(28, 7);
    context.stroke();
  } else {
    context.fillStyle = pattern(n);
    context.fillRect(0, 0, 28, 14);
    context.strokeStyle = COLOURS[n % COLOURS.length];
    context.strokeRect(0.5, 0.5, 27, 13);
  }
  return box;
}

function legend(names, dashed) {
  return el("ul", { class: "chart-legend" }, names.map((name, n) => el("li", {}, swatch(n, dashed), name)));
}

function drawn(label, names, dashed, options, values) {
  const place = el("div", { class: "chart-place" });
  const box = el("figure", { class: "chart", role: "img", "aria-label": label }, place);
  const whole = el("div", {}, box, legend(names, dashed));
  let plot = null;
  const draw = () => {
    const width = Math.floor(place.clientWidth);
    if (!width) return;
    if (plot) plot.setSize({ width, height: HEIGHT });
    else plot = new uPlot({ width, height: HEIGHT, legend: { show: false }, cursor: { show: false }, ...options }, values, place);
  };
  new ResizeObserver(draw).observe(place);
  return whole;
}

const axis = (more) => ({ font: FONT, stroke: "#1e2433", grid: { stroke: "#e3e6ee", width: 1 }, ticks: { show: false }, ...more });

/**
 * Grouped bars. `groups`: names along the foot; `series`: [{name, values}], one value for each group; `most`: the top.
 */
export function bars(label, groups, series, { unit = "%", most = null, write = (v) => String(Math.round(v)) } = {}) {
  const step = series.length + 1;
  const x = groups.flatMap((_, g) => series.map((__, s) => g * step + s));
  const columns = series.map((one, s) => x.map((__, i) => (i % series.length === s ? one.values[Math.floor(i / series.length)] : null)));
  const centre = (series.length - 1) / 2;
  const told = (plot) => {
    const { ctx } = plot;
    if (plot.width / x.length < 14) return;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px "Plus Jakarta Sans Variable", system-ui, sans-serif`;
    ctx.fillStyle = "#1e2433";
    ctx.textAlign = "center";
    columns.forEach((column) => column.forEach((value, i) => {
      if (value !== null) ctx.fillText(write(value), plot.valToPos(x[i], "x", true), plot.valToPos(value, "y", true) - 4 * devicePixelRatio);
    }));
    ctx.restore();
  };
  // on a phone the names stand aslant, so that each can be read
  const close = (plot) => plot.width / groups.filter(Boolean).length < 90;
  const tilt = (plot) => (close(plot) ? -40 : 0);
  const foot = (plot) => (close(plot) ? 64 : 30);
  const options = {
    scales: { x: { time: false, range: [-1, groups.length * step - 1] }, y: { range: (_, __, top) => [0, most ?? Math.max(1, top * 1.15)] } },
    axes: [
      axis({ splits: () => groups.map((_, g) => g * step + centre), values: () => groups, grid: { show: false }, size: foot, rotate: tilt }),
      axis({ size: 52, values: (_, at) => at.map((v) => `${v} ${unit}`) }),
    ],
    series: [{}, ...series.map((one, s) => ({ label: one.name, stroke: COLOURS[s % COLOURS.length], width: 1, fill: pattern(s), points: { show: false }, paths: uPlot.paths.bars({ size: [0.9, 48] }) }))],
    hooks: { draw: [told] },
  };
  return drawn(label, series.map((s) => s.name), false, options, [x, ...columns]);
}

/**
 * Lines over places `0..n-1`, whose names are `names` (as many are written as fit). `limits`: [{value, series}].
 */
export function lines(label, names, series, { unit = "", limits = [] } = {}) {
  const x = names.map((_, n) => n);
  const limit = (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    ctx.font = `${11 * devicePixelRatio}px "Plus Jakarta Sans Variable", system-ui, sans-serif`;
    for (const { value, series: s, text } of limits) {
      const y = plot.valToPos(value, "y", true);
      if (y < bbox.top) continue;
      ctx.strokeStyle = ctx.fillStyle = COLOURS[s % COLOURS.length];
      ctx.setLineDash([3 * devicePixelRatio, 5 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.textAlign = "right";
      ctx.fillText(text, bbox.left + bbox.width - 4 * devicePixelRatio, y - 5 * devicePixelRatio);
    }
    ctx.restore();
  };
  const above = Math.max(0, ...limits.map((l) => l.value * 1.2));
  const options = {
    scales: { x: { time: false, range: [-0.5, Math.max(1, names.length - 0.5)] }, y: { range: (_, __, top) => [0, Math.max(1, above, (top || 0) * 1.15)] } },
    axes: [
      axis({ space: 64, incrs: [1, 2, 3, 6, 7, 12, 24], values: (_, at) => at.map((n) => names[n] ?? ""), grid: { show: false }, size: 30 }),
      axis({ size: 48, values: (_, at) => at.map((v) => `${v}${unit && ` ${unit}`}`) }),
    ],
    series: [{}, ...series.map((one, s) => ({ label: one.name, stroke: COLOURS[s % COLOURS.length], width: 2, dash: DASHES[s % DASHES.length], spanGaps: false, points: { show: names.length < 40, size: 6 } }))],
    hooks: { draw: [limit] },
  };
  return drawn(label, series.map((s) => s.name), true, options, [x, ...series.map((s) => s.values)]);
}

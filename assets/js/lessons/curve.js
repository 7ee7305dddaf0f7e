// Right against work: a curve of one pair with ever more attempts, and a line of another model that
// answers once. Told by shape and by words beside it, so that no colour is needed.

import { h } from "../dom/dom.js";
import { plain } from "./text.js";

const NS = "http://www.w3.org/2000/svg";
const GIGA = 1e9;
const HEIGHT = { narrow: 300, wide: 380 };
const NARROW = 520;

const svg = (tag, attributes, text) => {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
};

/**
 * Where everything stands, in pixels; x goes by the logarithm of the work. Pure.
 *
 * @param {{bars: Object[], against: Object}} measured
 * @param {number} width
 */
export function placed({ bars, against }, width) {
  const height = width < NARROW ? HEIGHT.narrow : HEIGHT.wide;
  const edge = { left: 44, right: 20, top: 16, bottom: 46 };
  const work = (bar) => bar.solver + bar.verifier;
  const all = [...bars, against].map(work);
  const low = Math.log10(Math.min(...all) * 0.7);
  const high = Math.log10(Math.max(...all) * 1.5);
  const x = (flops) => edge.left + ((Math.log10(flops) - low) / (high - low)) * (width - edge.left - edge.right);
  const y = (part) => edge.top + (1 - part) * (height - edge.top - edge.bottom);
  const at = (bar) => ({ ...bar, x: x(work(bar)), y: y(bar.percent / 100), top: y(bar.high), bottom: y(bar.low), work: work(bar) });
  return { width, height, edge, x, y, points: bars.map(at), against: at(against), ticks: ticksOf(10 ** low, 10 ** high) };
}

/** Round numbers of FLOPs within a range: 1, 2, 5, 10, 20, … thousand millions. */
function ticksOf(low, high) {
  const found = [];
  for (let power = GIGA / 10; power <= high; power *= 10)
    for (const digit of [1, 2, 5]) if (digit * power >= low && digit * power <= high) found.push(digit * power);
  return found;
}

function drawn(measured, width) {
  const { height, edge, x, y, points, against, ticks } = placed(measured, width);
  const picture = svg("svg", { class: "learn-curve", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" });
  const add = (...parts) => picture.append(...parts);
  const right = width - edge.right;
  for (const part of [0, 0.25, 0.5, 0.75, 1])
    add(
      svg("line", { class: "learn-curve-grid", x1: edge.left, x2: right, y1: y(part), y2: y(part) }),
      svg("text", { x: edge.left - 8, y: y(part) + 4, "text-anchor": "end" }, String(100 * part)),
    );
  for (const tick of ticks) add(svg("text", { x: x(tick), y: height - edge.bottom + 18, "text-anchor": "middle" }, String(tick / GIGA)));
  add(svg("text", { x: (edge.left + right) / 2, y: height - 8, "text-anchor": "middle" }, "GFLOPs for one problem, at most (logarithmic)"));
  // The line: dashed, in a band that is its interval, with the mark where its work is.
  add(
    svg("rect", { class: "learn-curve-band", x: edge.left, width: right - edge.left, y: against.top, height: against.bottom - against.top }),
    svg("line", { class: "learn-curve-line", x1: edge.left, x2: right, y1: against.y, y2: against.y }),
    svg("rect", { class: "learn-curve-mark", x: against.x - 6, y: against.y - 6, width: 12, height: 12 }),
  );
  add(svg("polyline", { class: "learn-curve-way", points: points.map((point) => `${point.x},${point.y}`).join(" ") }));
  for (const point of points)
    add(
      svg("line", { class: "learn-curve-whisker", x1: point.x, x2: point.x, y1: point.top, y2: point.bottom }),
      svg("circle", { class: "learn-curve-point", cx: point.x, cy: point.y, r: 6 }),
    );
  // The curve rises: there is room above it on the left, and for the first one below it on the right.
  for (const [place, point] of points.entries()) {
    const beside = place === 0 ? { x: point.x + 10, y: point.y + 20 } : { x: point.x - 10, y: point.y - 8, "text-anchor": "end" };
    const name = width < NARROW ? plain(point.label).split(" ")[0] : plain(point.label);
    add(svg("text", { class: "learn-curve-name", ...beside }, `${name}: ${point.percent}`));
  }
  // On the right, on the side of the line where the curve is not.
  const below = points.at(-1).percent > against.percent;
  const named = { x: right - 4, y: below ? against.bottom + 16 : against.top - 6, "text-anchor": "end" };
  add(svg("text", { class: "learn-curve-name", ...named }, `${plain(against.label)}: ${against.percent}`));
  return picture;
}

/** @param {{problems: number, bars: Object[], against: Object}} measured */
export function curveOf(measured) {
  const figure = h("div", { class: "learn-curve-room" });
  const rows = [...measured.bars, measured.against].map(({ label, percent, low, high, solver, verifier }) =>
    h("li", { text: `${plain(label)}: ${percent} of 100, interval ${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)}, ${((solver + verifier) / GIGA).toFixed(1)} GFLOPs` }),
  );
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    const scale = Number(getComputedStyle(figure).getPropertyValue("--learn-scale")) || 1;
    const room = Math.max(280, Math.floor(contentRect.width / scale));
    if (room === width) return;
    width = room;
    const picture = drawn(measured, room);
    picture.style.width = "100%";
    picture.style.height = "auto";
    figure.replaceChildren(picture);
  }).observe(figure);
  return h(
    "figure",
    { class: "learn-curve-figure" },
    h("figcaption", { text: `Right answers in 100, measured on ${measured.problems} problems; upright lines and the band are 95 % intervals.` }),
    figure,
    h("ul", { class: "esp-sr" }, rows),
  );
}

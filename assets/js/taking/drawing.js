// The view on show as an SVG file: what the canvas shows, with a title above it and the key below.

import { drawKey, entriesOf } from "./key.js";
import { element, escaped, SvgContext } from "./svg_context.js";
import { Painter } from "../picture/painter.js";
import { drawnHtml } from "./html_drawing.js";
import { shorten } from "../words/format.js";
import { VectorMarks } from "./marks.js";

const FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif";
const MARGIN = 16;
const TITLE = 18;
const LESS = 13;

/**
 * @param {import("../picture/canvas.js").TreeCanvas} canvas
 * @param {HTMLElement[]} layers - what lies over the picture: its words, and the rings of what is spoken of.
 * @param {import("../picture/theme.js").Theme} theme - of the page; a drawing has its colours.
 * @param {import("../panels/list.js").Moment} moment - what is on show.
 * @param {{title: string, about: string, summary: string}} words - the problem, what is to be seen,
 *   and the same for who cannot see it.
 * @returns {string} a whole SVG file.
 */
export function drawingOf(canvas, layers, theme, moment, words) {
  const { width, height } = canvas.size;
  const ruler = document.createElement("canvas").getContext("2d");
  const widthOf = (text, size, weight = 400) => {
    ruler.font = `${weight} ${size}px ${FONT}`;
    return ruler.measureText(text).width;
  };
  const colours = theme.plain();
  const heading = headingOf(words, colours, width - 2 * MARGIN, widthOf);
  const entries = entriesOf(moment.tree, moment.visible, theme.palette);
  const key = drawKey(entries, colours, widthOf, width - 2 * MARGIN);
  const whole = heading.height + height + key.height + MARGIN;
  return element(
    "svg",
    {
      ...{ xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${whole}`, width, height: whole },
      ...{ role: "img", "aria-label": words.title, "font-family": FONT },
    },
    element("title", {}, escaped(words.title)),
    element("desc", {}, escaped(words.summary)),
    element("clipPath", { id: "view" }, element("rect", { width, height })),
    element("rect", { width, height: whole, fill: colours.base.background }),
    element("g", { transform: `translate(${MARGIN} 0)` }, heading.drawn),
    element(
      "g",
      { transform: `translate(0 ${heading.height})` },
      element("g", { "clip-path": "url(#view)" }, pictureOf(canvas, layers, colours, moment, ruler)),
    ),
    element("g", { transform: `translate(${MARGIN} ${heading.height + height + MARGIN / 2})` }, key.drawn),
  );
}

/** The picture's own painter, on paper. */
function pictureOf(canvas, layers, theme, { selected }, ruler) {
  const paper = new SvgContext(ruler);
  const painter = new Painter(paper, new VectorMarks(), theme);
  painter.lettering.font = FONT;
  painter.paint(canvas.scene, canvas.camera, { ...canvas.size, ratio: 1, selected, hovered: null, words: canvas.words });
  return String(paper) + layers.map((layer) => drawnHtml(layer, canvas.frame, ruler)).join("");
}

function headingOf({ title, about }, theme, room, widthOf) {
  const line = (text, size, weight, y, fill) =>
    element("text", { x: 0, y, "font-size": size, "font-weight": weight, fill }, escaped(fitted(text, room, (part) => widthOf(part, size, weight))));
  const first = MARGIN + TITLE;
  const second = first + 1.5 * LESS;
  const drawn = line(title, TITLE, 600, first, theme.base.text) + line(about, LESS, 400, second, theme.base.subtle);
  return { drawn, height: Math.round(second + MARGIN * 0.75) };
}

/** As much of a text on one line as there is room for. */
function fitted(text, room, widthOf) {
  const line = text.replace(/\s+/g, " ").trim();
  if (widthOf(line) <= room) return line;
  let [least, most] = [0, line.length];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (widthOf(shorten(line, middle)) <= room) least = middle;
    else most = middle - 1;
  }
  return shorten(line, Math.max(1, least));
}

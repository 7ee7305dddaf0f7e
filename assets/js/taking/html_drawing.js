// Words that lie over the canvas as HTML, as elements of a drawing: what the browser has laid out is
// copied, box by box and line by line. Words stay words, in the places where they stand on the page.

import { element, escaped } from "./svg_context.js";

const SIDES = ["Top", "Right", "Bottom", "Left"];

/**
 * @param {HTMLElement} layer - what lies over the picture.
 * @param {HTMLElement} frame - the picture: its upper left corner is the drawing's origin.
 * @param {CanvasRenderingContext2D} ruler - to measure type with.
 * @returns {string}
 */
export function drawnHtml(layer, frame, ruler) {
  const box = frame.getBoundingClientRect();
  const enlarged = box.width / frame.offsetWidth || 1;
  const copy = new Copy(box, enlarged, ruler, getComputedStyle(frame).fontFamily);
  copy.walk(layer, null, 1);
  return copy.parts.join("");
}

class Copy {
  constructor(origin, enlarged, ruler, family) {
    Object.assign(this, { origin, enlarged, ruler, family, parts: [] });
  }

  /** From pixels of the window to units of the drawing. */
  at({ left, top, right, bottom }) {
    const [x, y] = [(left - this.origin.left) / this.enlarged, (top - this.origin.top) / this.enlarged];
    return { x, y, width: (right - left) / this.enlarged, height: (bottom - top) / this.enlarged };
  }

  walk(node, clip, alpha) {
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden" || isForEarsOnly(style)) return;
    const opacity = alpha * Number(style.opacity);
    const rect = node.getBoundingClientRect();
    if (node instanceof SVGSVGElement) {
      this.svg(node, rect, opacity);
      return;
    }
    if (style.display !== "contents") this.box(rect, style, opacity);
    const inside = /hidden|clip|auto|scroll/.test(`${style.overflowX} ${style.overflowY}`) ? within(clip, rect) : clip;
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) this.text(child, style, inside, opacity);
      else if (child.nodeType === Node.ELEMENT_NODE) this.walk(child, inside, opacity);
    }
  }

  /** Ground and border of an element. */
  box(rect, style, alpha) {
    const place = this.at(rect);
    if (!place.width && !place.height) return;
    const fill = isSeen(style.backgroundColor) ? style.backgroundColor : null;
    const widths = SIDES.map((side) => (style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`])));
    const rx = Math.min(parseFloat(style.borderTopLeftRadius) || 0, place.height / 2) || null;
    const [width] = widths;
    const opacity = alpha === 1 ? null : alpha;
    if (width && widths.every((other) => other === width) && isSeen(style.borderTopColor)) {
      const inset = { x: place.x + width / 2, y: place.y + width / 2, width: place.width - width, height: place.height - width };
      this.parts.push(element("rect", { ...inset, rx, fill: fill ?? "none", stroke: style.borderTopColor, "stroke-width": width, opacity }));
      return;
    }
    if (fill) this.parts.push(element("rect", { ...place, rx, fill, opacity }));
    // The line of a fraction is the border of one side.
    SIDES.forEach((side, index) => {
      if (widths[index] && isSeen(style[`border${side}Color`]))
        this.parts.push(element("rect", { ...sideOf(place, side, widths[index]), fill: style[`border${side}Color`], opacity }));
    });
  }

  /** A drawing inside, such as the sign of a root. */
  svg(svg, rect, alpha) {
    const shapes = [...svg.querySelectorAll("path, line, rect, circle")].map((shape) => {
      const { fill, stroke, strokeWidth } = getComputedStyle(shape);
      const own = Object.fromEntries([...shape.attributes].filter(({ name }) => GEOMETRY.has(name)).map(({ name, value }) => [name, value]));
      return element(shape.localName, { ...own, fill, ...(stroke === "none" ? {} : { stroke, "stroke-width": strokeWidth }) });
    });
    const [viewBox, preserveAspectRatio] = [svg.getAttribute("viewBox"), svg.getAttribute("preserveAspectRatio")];
    const opacity = alpha === 1 ? null : alpha;
    this.parts.push(element("svg", { ...this.at(rect), viewBox, preserveAspectRatio, opacity }, ...shapes));
  }

  text(node, style, clip, alpha) {
    const lines = linesOf(node);
    const seen = lines.filter(({ top, bottom }) => !clip || ((top + bottom) / 2 > clip.top && (top + bottom) / 2 < clip.bottom));
    this.ruler.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    this.ruler.textBaseline = "alphabetic";
    const rightToLeft = style.direction === "rtl";
    seen.forEach((line, index) => {
      // One ellipsis says for all of a box that there is more; what would follow it is not seen.
      if (clip && (clip.cut || line.left > clip.right - 1)) return;
      const cut = index === seen.length - 1 && lines.length > seen.length;
      // A drawing folds the white space before a line: its words begin where the first letter stands.
      const first = line.letters.findIndex(({ letter }) => letter.trim());
      if (first < 0) return;
      const said = shown(line.letters.slice(first), line.right, clip, cut);
      const { x, y, width, height } = this.at({ ...line, left: rightToLeft ? line.left : line.letters[first].left });
      const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = this.ruler.measureText(said);
      this.parts.push(
        element(
          "text",
          {
            ...{ x: rightToLeft ? x + width : x, y: y + (height - ascent - descent) / 2 + ascent },
            ...{ "font-size": parseFloat(style.fontSize), "font-weight": style.fontWeight === "400" ? null : style.fontWeight },
            "font-style": style.fontStyle === "normal" ? null : style.fontStyle,
            "font-family": style.fontFamily === this.family ? null : `${style.fontFamily}, serif`,
            ...{ direction: rightToLeft ? "rtl" : null, fill: style.color, opacity: alpha === 1 ? null : alpha },
          },
          escaped(said),
        ),
      );
    });
  }
}

const GEOMETRY = new Set(["d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "transform", "stroke-linejoin"]);

/** What only screen readers are to find is cut down to nothing. */
const isForEarsOnly = ({ clip, clipPath, position }) =>
  position === "absolute" && (clipPath.startsWith("inset(50%") || /^rect\((1px|0px)/.test(clip));

const isSeen = (colour) => colour !== "transparent" && !/,\s*0\)$|\/\s*0\)$/.test(colour);

function within(clip, rect) {
  const [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
  if (!clip) return { left, top, right, bottom };
  return {
    ...{ left: Math.max(left, clip.left), top: Math.max(top, clip.top) },
    ...{ right: Math.min(right, clip.right), bottom: Math.min(bottom, clip.bottom) },
  };
}

function sideOf({ x, y, width, height }, side, thick) {
  if (side === "Top") return { x, y, width, height: thick };
  if (side === "Bottom") return { x, y: y + height - thick, width, height: thick };
  return { x: side === "Left" ? x : x + width - thick, y, width: thick, height };
}

/** A text node's lines, as the browser broke them: their letters, each with its ends. */
function linesOf(node) {
  const range = document.createRange();
  const lines = [];
  let at = 0;
  for (const letter of node.data) {
    range.setStart(node, at);
    range.setEnd(node, (at += letter.length));
    const [rect] = range.getClientRects();
    const last = lines.at(-1);
    const placed = rect && rect.width > 0;
    if (!placed) {
      // White space that was folded away has no width; a sign that sits on another letter has none either.
      if (last && letter.trim()) last.letters.push({ letter, left: last.right, right: last.right });
    } else if (last && Math.abs(last.top - rect.top) < rect.height / 2) {
      last.left = Math.min(last.left, rect.left);
      last.right = Math.max(last.right, rect.right);
      last.letters.push({ letter, left: rect.left, right: rect.right });
    } else {
      const { left, right, top, bottom } = rect;
      lines.push({ left, right, top, bottom, letters: [{ letter, left, right }] });
    }
  }
  return lines;
}

/** What is to be read of a line, with an ellipsis where the page shows one. */
function shown(letters, right, clip, cut) {
  const over = clip && right > clip.right + 1;
  if (clip && (over || cut)) clip.cut = true;
  if (!over) return letters.map(({ letter }) => letter).join("") + (cut ? "…" : "");
  const room = letters.filter((letter) => letter.right <= clip.right).map(({ letter }) => letter);
  return `${room.slice(0, -1).join("").trimEnd()}…`;
}

// A canvas that writes SVG: what the picture's painter does to it becomes elements, so that a
// drawing shows exactly what the canvas shows. It knows what painters here use, and refuses the rest.

const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
const TURNED = { start: "end", middle: "middle", end: "start" };
const NO_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML: what has no place there becomes U+FFFD. */
export function escaped(text) {
  return String(text)
    .replace(NO_XML, "\ufffd")
    .replace(/[&<>"]/g, (sign) => SIGNS[sign]);
}

/** An element; attributes that are null or undefined are left out. */
export function element(name, attributes, ...inside) {
  const said = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(typeof value === "number" ? short(value) : value)}"`);
  const content = inside.join("");
  return content ? `<${name}${said.join("")}>${content}</${name}>` : `<${name}${said.join("")}/>`;
}

const short = (value) => String(Math.round(value * 100) / 100);

export class SvgContext {
  /** @param {CanvasRenderingContext2D} ruler - a real one, to measure text with. */
  constructor(ruler) {
    this.ruler = ruler;
    this.parts = [];
    this.path = "";
    /** Where the path has come to. */
    this.here = null;
    this.dash = [];
    Object.assign(this, { fillStyle: "#000000", strokeStyle: "#000000", lineWidth: 1, globalAlpha: 1 });
    Object.assign(this, { lineCap: "butt", lineJoin: "miter", font: "10px sans-serif" });
    Object.assign(this, { textAlign: "start", textBaseline: "alphabetic", direction: "ltr" });
    this.saved = [];
  }

  /** What was drawn so far. */
  toString() {
    return this.parts.join("");
  }

  // State -----------------------------------------------------------------------------------

  save() {
    const { parts, ruler, saved, path, here, ...state } = this;
    this.saved.push(state);
  }

  restore() {
    Object.assign(this, this.saved.pop() ?? {});
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  /** Pixels of a screen are not this drawing's: its unit is a CSS pixel. */
  setTransform() {}

  /** There is nothing yet. */
  clearRect() {}

  // Paths -----------------------------------------------------------------------------------

  beginPath() {
    this.path = "";
    this.here = null;
  }

  add(letter, ...numbers) {
    this.path += `${letter}${numbers.map(short).join(" ")}`;
    this.here = numbers.slice(-2);
  }

  moveTo(x, y) {
    this.add("M", x, y);
  }

  lineTo(x, y) {
    this.add(this.path ? "L" : "M", x, y);
  }

  bezierCurveTo(...numbers) {
    this.add("C", ...numbers);
  }

  quadraticCurveTo(...numbers) {
    this.add("Q", ...numbers);
  }

  closePath() {
    this.path += "Z";
  }

  rect(x, y, width, height) {
    this.moveTo(x, y);
    this.path += `h${short(width)}v${short(height)}h${short(-width)}Z`;
  }

  roundRect(x, y, width, height, radii) {
    const wanted = Array.isArray(radii) ? radii[0] : radii;
    const r = Math.max(0, Math.min(wanted ?? 0, width / 2, height / 2));
    const corner = (dx, dy) => `a${short(r)} ${short(r)} 0 0 1 ${short(dx)} ${short(dy)}`;
    this.moveTo(x + r, y);
    this.path += `h${short(width - 2 * r)}${corner(r, r)}v${short(height - 2 * r)}${corner(-r, r)}`;
    this.path += `h${short(2 * r - width)}${corner(-r, -r)}v${short(2 * r - height)}${corner(r, -r)}Z`;
  }

  arc(x, y, radius, from, to) {
    const at = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    const whole = Math.abs(to - from) >= 2 * Math.PI - 1e-6;
    this.lineOrMove(at(from));
    const half = whole ? from + Math.PI : (from + to) / 2;
    for (const angle of [half, whole ? from + 2 * Math.PI : to]) this.add("A", radius, radius, 0, 0, to > from ? 1 : 0, ...at(angle));
    if (whole) this.closePath();
  }

  /** A corner at the first point, on the way to the second, rounded. */
  arcTo(x1, y1, x2, y2, radius) {
    const [x0, y0] = this.here ?? [x1, y1];
    const before = Math.hypot(x0 - x1, y0 - y1);
    const after = Math.hypot(x2 - x1, y2 - y1);
    const [bx, by, ax, ay] = [(x0 - x1) / before, (y0 - y1) / before, (x2 - x1) / after, (y2 - y1) / after];
    const turn = bx * ay - by * ax;
    if (!before || !after || !radius || Math.abs(turn) < 1e-9) {
      this.lineOrMove([x1, y1]);
      return;
    }
    // How far from the corner the arc touches both ways.
    const reach = (radius * (1 + bx * ax + by * ay)) / Math.abs(turn);
    this.lineOrMove([x1 + bx * reach, y1 + by * reach]);
    this.add("A", radius, radius, 0, 0, turn < 0 ? 1 : 0, x1 + ax * reach, y1 + ay * reach);
  }

  lineOrMove([x, y]) {
    this.add(this.path && !this.path.endsWith("Z") ? "L" : "M", x, y);
  }

  fill() {
    this.draw(this.path, { fill: this.fillStyle });
  }

  stroke() {
    this.draw(this.path, { fill: "none", ...this.line() });
  }

  fillRect(x, y, width, height) {
    this.parts.push(element("rect", { x, y, width, height, fill: this.fillStyle, ...this.alpha() }));
  }

  strokeRect(x, y, width, height) {
    this.parts.push(element("rect", { x, y, width, height, fill: "none", ...this.line(), ...this.alpha() }));
  }

  draw(d, colours) {
    if (d) this.parts.push(element("path", { d, ...colours, ...this.alpha() }));
  }

  line() {
    return {
      stroke: this.strokeStyle,
      "stroke-width": this.lineWidth,
      "stroke-linecap": this.lineCap === "butt" ? null : this.lineCap,
      "stroke-linejoin": this.lineJoin === "miter" ? null : this.lineJoin,
      "stroke-dasharray": this.dash.length ? this.dash.map(short).join(" ") : null,
    };
  }

  alpha() {
    return { opacity: this.globalAlpha === 1 ? null : this.globalAlpha };
  }

  /**
   * A mark: path data for one of radius 1, scaled and put in its place.
   *
   * @param {{fill: ?string, stroke: ?string, width: number}} paint - the width in pixels.
   */
  mark(d, x, y, radius, { fill, stroke, width }) {
    this.parts.push(
      element("path", {
        ...{ d, transform: `translate(${short(x)} ${short(y)}) scale(${short(radius)})`, fill: fill ?? "none" },
        ...(stroke ? { stroke, "stroke-width": width / radius, "stroke-linejoin": "round" } : {}),
        ...this.alpha(),
      }),
    );
  }

  // Text ------------------------------------------------------------------------------------

  measureText(text) {
    this.ruler.font = this.font;
    this.ruler.textBaseline = this.textBaseline;
    return this.ruler.measureText(text);
  }

  fillText(text, x, y) {
    this.write(text, x, y, { fill: this.fillStyle });
  }

  /** The ground around words, which other programs may draw above them: an element of its own. */
  strokeText(text, x, y) {
    this.write(text, x, y, { fill: "none", ...this.line(), "aria-hidden": "true" });
  }

  write(text, x, y, colours) {
    const anchor = ANCHORS[this.textAlign];
    const rightToLeft = this.direction === "rtl";
    const fixed = this.textAlign === "left" || this.textAlign === "right";
    const said = rightToLeft && fixed ? TURNED[anchor] : anchor;
    const { size, weight } = fontOf(this.font);
    this.parts.push(
      element(
        "text",
        {
          ...{ x, y: y + this.drop(text), "font-size": size },
          "font-weight": weight === "400" ? null : weight,
          "text-anchor": said === "start" ? null : said,
          direction: rightToLeft ? "rtl" : null,
          ...colours,
          ...this.alpha(),
        },
        escaped(text),
      ),
    );
  }

  /** How far the base line lies below where the text was put: few programs know another line. */
  drop(text) {
    if (this.textBaseline === "alphabetic") return 0;
    const here = this.measureText(text).fontBoundingBoxAscent;
    this.ruler.textBaseline = "alphabetic";
    return this.ruler.measureText(text).fontBoundingBoxAscent - here;
  }
}

/** "600 13px system-ui" */
function fontOf(font) {
  const [, weight, size] = /^(?:(\d+|bold|normal)\s+)?([\d.]+)px/.exec(font) ?? [null, null, "11"];
  return { size: Number(size), weight: { bold: "700", normal: "400" }[weight] ?? weight ?? "400" };
}

// The palette's symbols, drawn once as SVG path data for a mark of radius 1, and used by the
// canvas (as sprites) and by the page (as small SVG pictures) alike.

const ring = (r) => `M${r} 0A${r} ${r} 0 1 1 ${-r} 0A${r} ${r} 0 1 1 ${r} 0Z`;

function polygon(points) {
  return `M${points.map(([x, y]) => `${x.toFixed(4)} ${y.toFixed(4)}`).join("L")}Z`;
}

function star() {
  return polygon(
    Array.from({ length: 10 }, (_, i) => {
      const radius = i % 2 ? 0.5 : 1.15;
      const angle = (Math.PI * i) / 5 - Math.PI / 2;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    }),
  );
}

function pentagon() {
  const turn = (i) => (2 * Math.PI * i) / 5 - Math.PI / 2;
  return polygon(Array.from({ length: 5 }, (_, i) => [Math.cos(turn(i)), Math.sin(turn(i))]));
}

function cross() {
  const arm = 0.36;
  const points = [
    [0, -arm],
    [1 - arm, -1],
    [1, -1 + arm],
    [arm, 0],
    [1, 1 - arm],
    [1 - arm, 1],
    [0, arm],
    [-1 + arm, 1],
    [-1, 1 - arm],
    [-arm, 0],
    [-1, -1 + arm],
    [-1 + arm, -1],
  ];
  return polygon(points);
}

const square = polygon([
  [-0.88, -0.88],
  [0.88, -0.88],
  [0.88, 0.88],
  [-0.88, 0.88],
]);

/** `outline` takes fill and line, `dot` is filled with the line's colour. */
const SYMBOLS = {
  circle: { outline: ring(1) },
  "circle-open": { outline: ring(1) },
  "circle-open-dot": { outline: ring(1), dot: ring(0.28) },
  square: { outline: square },
  "square-open": { outline: square },
  x: { outline: cross() },
  diamond: {
    outline: polygon([
      [0, -1.15],
      [1.15, 0],
      [0, 1.15],
      [-1.15, 0],
    ]),
  },
  star: { outline: star() },
  "hourglass-open": {
    outline: polygon([
      [-0.85, -1],
      [0.85, -1],
      [-0.85, 1],
      [0.85, 1],
    ]),
  },
  "pentagon-open": { outline: pentagon() },
  "arrow-right-open": {
    outline: polygon([
      [-0.9, -0.95],
      [1.15, 0],
      [-0.9, 0.95],
      [-0.35, 0],
    ]),
  },
  "triangle-down": {
    outline: polygon([
      [-1.1, -0.75],
      [1.1, -0.75],
      [0, 0.9],
    ]),
  },
  "triangle-up": {
    outline: polygon([
      [-1.1, 0.75],
      [1.1, 0.75],
      [0, -0.9],
    ]),
  },
};

/** Path data of a symbol for a mark of radius 1: `outline` takes fill and line, `dot` the line's colour. */
export const symbolPaths = (symbol) => SYMBOLS[symbol];

const SVG = "http://www.w3.org/2000/svg";

function svgElement(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/**
 * A mark as an SVG picture that follows the theme. `key` names its custom properties
 * (`--esp-<key>-fill`, `--esp-<key>-line`), set by theme.js. Decoration: hidden from screen readers.
 */
export function symbolPicture(spec, key, size = 18) {
  const picture = svgElement("svg", {
    viewBox: "-1.5 -1.5 3 3",
    width: size,
    height: size,
    class: "esp-symbol",
    "aria-hidden": "true",
    focusable: "false",
  });
  const { outline, dot } = SYMBOLS[spec.symbol];
  const width = spec.line_width ? Math.max(0.16, (2 * spec.line_width) / spec.size) : 0;
  const shape = svgElement("path", { d: outline, "stroke-width": width, "stroke-linejoin": "round" });
  shape.style.fill = `var(--esp-${key}-fill)`;
  shape.style.stroke = width ? `var(--esp-${key}-line)` : "none";
  picture.append(shape);
  if (dot) {
    const centre = svgElement("path", { d: dot });
    centre.style.fill = `var(--esp-${key}-line)`;
    picture.append(centre);
  }
  if (spec.mark) {
    const text = svgElement("text", {
      "text-anchor": "middle",
      y: "0.5",
      "font-size": "1.5",
      class: "esp-symbol-mark",
    });
    text.textContent = spec.mark;
    picture.append(text);
  }
  return picture;
}

const BACK_ARROW = [
  { d: "M1.3 -0.9C-0.6 -1.4 -1.1 -0.5 -1 0.6", dashed: true },
  { d: "M-1 1.4L-1.6 0.4L-0.4 0.4Z", filled: true },
];

/** Drawings of the annotations that particular methods add, for the legend. */
const ANNOTATION_DRAWINGS = {
  visits: [
    { d: ring(0.5), at: [-1, 0.4] },
    { d: ring(1), at: [0.6, 0] },
  ],
  copies: [
    { d: square, at: [0.5, -0.5], scale: 0.8 },
    { d: square, at: [0, 0], scale: 0.8 },
    { d: square, at: [-0.5, 0.5], scale: 0.8, filled: true },
  ],
  revisions: BACK_ARROW,
  jumps: BACK_ARROW,
  ahead: [
    { d: pentagon(), at: [0.6, 0], scale: 0.9 },
    { d: "M-1.6 0L-0.4 0", dashed: true },
  ],
  forced: [
    { d: "M-1 -1.2L-1 1.2", thick: true },
    { d: ring(0.8), at: [0.5, 0] },
  ],
};

/** An annotation of a particular method as an SVG picture in the colour of text. Decoration. */
export function annotationPicture(annotation, size = 18) {
  const picture = svgElement("svg", {
    viewBox: "-1.7 -1.7 3.4 3.4",
    width: size,
    height: size,
    class: "esp-symbol",
    "aria-hidden": "true",
    focusable: "false",
  });
  for (const { d, at = [0, 0], scale = 1, filled, dashed, thick } of ANNOTATION_DRAWINGS[annotation]) {
    const part = svgElement("path", {
      d,
      transform: `translate(${at}) scale(${scale})`,
      "stroke-width": thick ? 0.6 : 0.2,
      "stroke-dasharray": dashed ? "0.5 0.35" : "none",
    });
    part.style.fill = filled ? "var(--esp-ink)" : dashed ? "none" : "var(--esp-background)";
    part.style.stroke = "var(--esp-ink)";
    picture.append(part);
  }
  return picture;
}

/** Draws marks as cached pictures: thousands of small path fills are slow, copying pixels is not. */
export class Sprites {
  constructor() {
    this.cache = new Map();
  }

  /** Forget all pictures, after a change of theme or of pixel density. */
  clear() {
    this.cache.clear();
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Object} spec - `{symbol, line_width}` of the palette.
   * @param {{fill: ?string, line: string}} colours
   * @param {number} ratio - device pixels per CSS pixel.
   */
  draw(ctx, spec, colours, x, y, radius, ratio) {
    const r = Math.round(radius * 2) / 2;
    const key = `${spec.symbol}|${spec.line_width}|${colours.fill}|${colours.line}|${r}`;
    let sprite = this.cache.get(key);
    if (!sprite) {
      sprite = makeSprite(spec, colours, r, ratio);
      this.cache.set(key, sprite);
    }
    ctx.drawImage(sprite.image, x - sprite.half, y - sprite.half, 2 * sprite.half, 2 * sprite.half);
  }

  /**
   * A word that stands in every picture, around a point. Letters of a page's canvas have the browser bring
   * the page's style up to date first; a picture of them has not.
   *
   * @param {string} type - as in a style sheet.
   * @param {[number, number]} at @param {[number, number]} halves - of the room that it has, in pixels.
   */
  text(ctx, text, type, colour, [x, y], [across, up], ratio) {
    const key = `${text}|${type}|${colour}|${across}`;
    let image = this.cache.get(key);
    if (!image) this.cache.set(key, (image = makeText(text, type, colour, [across, up], ratio)));
    // On whole device pixels: letters between two of them are blurred.
    const [left, top] = [x - across, y - up].map((place) => Math.round(place * ratio) / ratio);
    ctx.drawImage(image, left, top, image.width / ratio, image.height / ratio);
  }
}

function makeText(text, type, colour, [across, up], ratio) {
  const image = document.createElement("canvas");
  image.width = Math.ceil(2 * across * ratio);
  image.height = Math.ceil(2 * up * ratio);
  const ctx = image.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.font = type;
  ctx.fillStyle = colour;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(text, across, up);
  return image;
}

function makeSprite(spec, colours, r, ratio) {
  const half = Math.ceil(r * 1.2 + spec.line_width + 1);
  const image = document.createElement("canvas");
  image.width = image.height = Math.ceil(2 * half * ratio);
  const ctx = image.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.translate(half, half);
  ctx.lineJoin = "round";
  const { outline, dot } = SYMBOLS[spec.symbol];
  const path = scaled(outline, r);
  if (colours.fill) {
    ctx.fillStyle = colours.fill;
    ctx.fill(path);
  }
  if (spec.line_width) {
    ctx.strokeStyle = colours.line;
    ctx.lineWidth = spec.line_width;
    ctx.stroke(path);
  }
  if (dot) {
    ctx.fillStyle = colours.line;
    ctx.fill(scaled(dot, r));
  }
  return { image, half };
}

function scaled(data, r) {
  const path = new Path2D();
  path.addPath(new Path2D(data), new DOMMatrix([r, 0, 0, r, 0, 0]));
  return path;
}

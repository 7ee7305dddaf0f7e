// The palette's marks as elements of a drawing: they stand in for the canvas's sprites.

import { element } from "./svg_context.js";
import { symbolPaths } from "../picture/shapes.js";

/** Draws where `Sprites` would: the painter does not know which of the two it has. */
export class VectorMarks {
  /**
   * @param {import("./svg_context.js").SvgContext} ctx
   * @param {Object} spec - `{symbol, line_width}` of the palette.
   * @param {{fill: ?string, line: string}} colours
   */
  draw(ctx, spec, colours, x, y, radius) {
    const { outline, dot } = symbolPaths(spec.symbol);
    const stroke = spec.line_width ? colours.line : null;
    ctx.mark(outline, x, y, radius, { fill: colours.fill, stroke, width: spec.line_width });
    if (dot) ctx.mark(dot, x, y, radius, { fill: colours.line, stroke: null, width: 0 });
  }

  /** Letters stay letters. */
  text(ctx, text, type, colour, [x, y]) {
    Object.assign(ctx, { font: type, fillStyle: colour, textAlign: "center", textBaseline: "middle" });
    ctx.fillText(text, x, y);
  }

  clear() {}
}

/** One mark by itself, for a key; a grade has its sign inside. */
export function markElement(spec, colours, x, y, radius) {
  const { outline, dot } = symbolPaths(spec.symbol);
  const place = { transform: `translate(${x} ${y}) scale(${radius})` };
  const width = spec.line_width ? Math.max(0.16, (2 * spec.line_width) / (spec.size ?? 2 * radius)) : 0;
  const line = width ? { stroke: colours.line, "stroke-width": width, "stroke-linejoin": "round" } : {};
  const parts = [element("path", { d: outline, ...place, fill: colours.fill ?? "none", ...line })];
  if (dot) parts.push(element("path", { d: dot, ...place, fill: colours.line }));
  if (spec.mark)
    parts.push(
      element("text", { x, y: y + 3.2, "font-size": 9, "font-weight": 700, "text-anchor": "middle", fill: colours.line }, spec.mark),
    );
  return parts.join("");
}

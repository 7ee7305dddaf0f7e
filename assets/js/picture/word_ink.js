// The words of the picture in ink, for a drawing that is taken away: where the page lays HTML over
// the canvas, a file has nothing but what is drawn. Maths is plain letters there.

import { plainMaths } from "../words/plain_maths.js";
import { textFor } from "./word_box.js";

const LINE = 16;
const PAD = 7;
const BAR = 3;
const RADIUS = 6;
const TRACK = 0.26;
const WIDEST_BAR = 72;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {import("./lettering.js").Lettering} lettering
 * @param {import("./scene.js").Scene} scene
 * @param {import("./camera.js").Camera} camera
 * @param {import("./word_layer.js").WordLayer} words
 */
export function paintInk(ctx, theme, lettering, scene, camera, { plan, said, sizes }) {
  for (const word of plan.texts) {
    const item = scene.items.get(word.id)?.place(camera);
    if (!item) continue;
    const [dx, dy] = plan.offsets.get(word.id);
    const box = { ...word, left: item.x + dx, top: item.y + dy };
    const told = said.of(word.id, item);
    if (word.kind === "card") ground(ctx, theme, box, told);
    letters(ctx, theme, lettering, box, told, textFor(word.kind, told, sizes.fitFor(word.room)));
    if (told.share !== null) score(ctx, theme, lettering, box, told);
  }
}

function ground(ctx, theme, { left, top, width, height }, { tone }) {
  ctx.beginPath();
  ctx.roundRect(left, top, width, height, RADIUS);
  ctx.fillStyle = theme.base.surface;
  ctx.fill();
  if (tone !== "chosen") return;
  ctx.lineWidth = 1;
  ctx.strokeStyle = theme.colours(theme.palette.states.chosen).fill;
  ctx.stroke();
}

function letters(ctx, theme, lettering, { kind, left, top, width, height }, { answer, mark, share, tone }, text) {
  const pad = kind === "card" ? PAD : 0;
  const line = answer === null ? text : `${answer} ${mark}`.trim();
  lettering.write(answer === null ? 12 : 13, answer === null ? 400 : 650);
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillStyle = tone === "cut" ? theme.base.subtle : theme.base.text;
  const most = kind === "line" ? 1 : Math.max(1, Math.floor((height - pad - (share === null ? 0 : LINE)) / LINE));
  for (const [index, row] of wrapped(ctx, plainMaths(line), width - 2 * pad, most).entries())
    ctx.fillText(row, left + pad, top + (pad ? 4 : 0) + LINE * (index + 0.5));
}

/** A text in so many rows of this width; the last one ends in an ellipsis where more would come. */
function wrapped(ctx, text, width, most) {
  const rows = [""];
  for (const part of text.split(/\s+/)) {
    const longer = rows.at(-1) ? `${rows.at(-1)} ${part}` : part;
    if (!rows.at(-1) || ctx.measureText(longer).width <= width) rows[rows.length - 1] = longer;
    else rows.push(part);
  }
  const shown = rows.slice(0, most);
  if (rows.length > most) shown.push(`${shown.pop()}…`);
  return shown.map((row) => fitted(ctx, row, width));
}

function fitted(ctx, row, width) {
  if (ctx.measureText(row).width <= width + 2) return row;
  const letters = [...row];
  while (letters.length > 1 && ctx.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}

function score(ctx, theme, lettering, { kind, left, top, width, height }, { share, figures, tone }) {
  const card = kind === "card";
  const long = Math.min(WIDEST_BAR, card ? width - 2 * PAD - 34 : width);
  if (long < 12) return;
  const [x, y] = card ? [left + PAD, top + height - 11] : [left, top + LINE];
  ctx.fillStyle = theme.base.muted;
  ctx.globalAlpha = TRACK;
  bar(ctx, x, y, long);
  ctx.globalAlpha = 1;
  ctx.fillStyle = tone === "cut" ? theme.base.muted : theme.base.ink;
  bar(ctx, x, y, Math.max(BAR, long * Math.max(0, Math.min(1, share))));
  if (!card) return;
  lettering.write(11, 400);
  ctx.fillStyle = theme.base.subtle;
  ctx.fillText(fitted(ctx, figures, width - long - 2 * PAD), x + long + 5, y + BAR / 2);
}

function bar(ctx, x, y, width) {
  ctx.beginPath();
  ctx.roundRect(x, y, width, BAR, BAR / 2);
  ctx.fill();
}

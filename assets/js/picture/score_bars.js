// Scores beside marks that have no room for words: a place on the way from 0 to 1, without digits.

const HEIGHT = 4;
const TRACK = 0.28;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {{get: (id: string) => ?import("./scene.js").Item}} items
 * @param {import("./word_layer.js").WordLayer} words
 */
export function paintBars(ctx, theme, items, { plan, said }) {
  for (const { id, width, height } of plan.bars) {
    const item = items.get(id);
    if (!item?.onScreen) continue;
    const [dx, dy] = plan.offsets.get(id);
    const { share } = said.of(id, item);
    const [left, top] = [item.x + dx, item.y + dy + (height - HEIGHT) / 2];
    ctx.fillStyle = theme.base.muted;
    ctx.globalAlpha = TRACK;
    ctx.beginPath();
    ctx.roundRect(left, top, width, HEIGHT, HEIGHT / 2);
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.fillStyle = item.winning ? theme.base.ink : theme.base.muted;
    ctx.beginPath();
    ctx.roundRect(left, top, Math.max(HEIGHT, width * share), HEIGHT, HEIGHT / 2);
    ctx.fill();
  }
}

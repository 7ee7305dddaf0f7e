// Scores beside marks that have no room for words: a place on the way from 0 to 1, without digits.

const HEIGHT = 4;
const TRACK = 0.28;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {import("./theme.js").Theme} theme
 * @param {import("./scene.js").Scene} scene
 * @param {import("./camera.js").Camera} camera
 * @param {import("./word_layer.js").WordLayer} words
 */
export function paintBars(ctx, theme, scene, camera, { plan, said, away }) {
  for (const { id, width, height } of plan.bars) {
    if (away.has(id)) continue;
    const item = scene.items.get(id)?.place(camera);
    if (!item) continue;
    const [dx, dy] = plan.offsets.get(id);
    const share = said.share(id);
    const [left, top] = [item.x + dx, item.y + dy + (height - HEIGHT) / 2];
    ctx.fillStyle = theme.base.muted;
    ctx.globalAlpha = TRACK;
    bar(ctx, left, top, width);
    ctx.globalAlpha = 1;
    ctx.fillStyle = item.winning ? theme.base.ink : theme.base.muted;
    bar(ctx, left, top, Math.max(HEIGHT, width * share));
  }
}

function bar(ctx, left, top, width) {
  ctx.beginPath();
  ctx.roundRect(left, top, width, HEIGHT, HEIGHT / 2);
  ctx.fill();
}

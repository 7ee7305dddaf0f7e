// Everything that can be taken away, made of what is on show.

import { drawingOf } from "./drawing.js";
import { isPasted } from "../words/annotations.js";
import { pageOf } from "./page.js";
import { rasterise } from "./raster.js";
import { recipeLink } from "../log/recipe.js";
import { saveFile } from "../dom/sharing.js";
import { summary } from "../words/words.js";
import { toNdjson } from "../log/log.js";

const NAME = 40;

export class Taking {
  /** @param {import("../explorer.js").Explorer} explorer */
  constructor(explorer) {
    this.explorer = explorer;
  }

  /** The trace as a file's text, from the events that are here. */
  trace() {
    return toNdjson(this.explorer.log.events);
  }

  /** The recipe of this run as a link, or "" before its header is here and where there is none. */
  link() {
    const { given, log, follow, rounds, at, selectedNode } = this.explorer;
    const header = log.events[0];
    if (given.alone) return ""; // a file has no app that would understand one
    if (!header || isPasted(header)) return "";
    const round = follow ? null : rounds.roundAt(at);
    return recipeLink(location, header, given.defaults, selectedNode, round, this.explorer.tree().notes, log.run);
  }

  /**
   * The run as a page of its own.
   *
   * @throws {Error} the page without a run cannot be fetched.
   */
  async page() {
    const { given, moment } = this.explorer;
    const rows = moment?.comparison ?? [];
    if (given.alone) return given.alone.source;
    const reply = await fetch(given.template);
    if (!reply.ok) throw new Error(`The server gave no page (${reply.status}). Try again.`);
    return pageOf(await reply.text(), this.trace(), rows);
  }

  /** The view on show as SVG. */
  drawing() {
    const { canvas, theme, moment, given } = this.explorer;
    const { tree } = moment;
    const story = moment.story();
    return drawingOf(canvas, [canvas.words.element, this.explorer.pointing.element], theme, moment, {
      title: tree.root.text,
      about: [given.labels.strategies?.[tree.started.strategy], story.at(-1)?.sentence].filter(Boolean).join(". "),
      summary: summary(tree),
    });
  }

  /** Save one of these: "html", "svg", "png" or "jsonl". */
  async save(kind) {
    const name = `espalier-${this.explorer.log.run.replace(/[^\w-]/g, "").slice(0, NAME) || "run"}.${kind}`;
    if (kind === "html") saveFile(name, await this.page(), "text/html");
    else if (kind === "jsonl") saveFile(name, this.trace(), "application/x-ndjson");
    else if (kind === "svg") saveFile(name, this.drawing(), "image/svg+xml");
    else saveFile(name, await rasterise(this.drawing()), "image/png");
  }
}

// The first minute: whether the opening plays, when it ends, and what is said of the run on show.

import { Opening } from "./opening.js";
import { isRecorded } from "../log/recipe.js";
import { placesOf, scriptOf } from "./script.js";
import { reducedMotion } from "../dom/dom.js";
import { sayClaim } from "./claims.js";
import { Tree } from "../log/tree.js";

/** The browser remembers that the opening has played here. */
const SEEN = "espalier-opening";
/** Whoever comes by such a link came for something else. */
const OF_A_LINK = ["run", "problem", "node", "present", "class"];

/**
 * What the panel of the first minute shows.
 *
 * @typedef {Object} Told
 * @property {string} sentence - what there is to see; "" before its moment.
 * @property {import("./claims.js").Point[]} points - where in the picture it is true.
 * @property {?string} term - the term that is being explained.
 * @property {boolean} playing
 * @property {boolean} invites - it is no run of one's own, or one in which a step can be kept.
 * @property {boolean} opening - this is the run of the opening: the three terms stand there too.
 */

export class Minute {
  /**
   * @param {Object} wiring
   * @param {{opening: ?string, chosen: Object[]}} wiring.given - the run of the opening, and the chosen problems:
   *   `{run, claim, evidence, recipe: {problem, strategy, seed, n, verifier}}`.
   * @param {(cursor: number) => void} wiring.seek
   * @param {() => void} wiring.onChange
   * @param {() => import("../log/log.js").EventLog} wiring.log
   * @param {string} wiring.search - the address's query.
   * @param {?Storage} wiring.storage
   * @param {() => boolean} [wiring.still] - nothing may move by itself.
   */
  constructor({ given, seek, onChange, log, search, storage, still = reducedMotion, frame }) {
    Object.assign(this, { given, seek, log, storage });
    const query = new URLSearchParams(search);
    /** Nothing else is asked for than the run of the opening. */
    this.expected = Boolean(given.opening) && !OF_A_LINK.some((name) => query.has(name));
    this.due = this.expected && !still() && !this.seen();
    this.opening = new Opening({ seek, onChange, frame });
    this.said = { run: "" };
  }

  get playing() {
    return this.opening.playing;
  }

  /** The log has changed: the opening plays once its run is here, and ends where another one comes. */
  onLog(reset) {
    if (reset) this.stop();
    const log = this.log();
    if (log.run !== this.given.opening) this.due &&= !log.length;
    else if (this.due && log.complete) this.play();
  }

  /** From the beginning, whether it was seen or not. */
  play() {
    this.due = false;
    this.remember();
    this.opening.play(scriptOf(this.log().events));
  }

  /** Leave it where it is. */
  stop() {
    this.opening.stop();
  }

  /** Show the end at once. */
  skip() {
    if (!this.playing) return;
    this.stop();
    this.finish();
  }

  finish() {
    if (this.log().run === this.given.opening) this.seek(this.log().length);
  }

  /**
   * @param {import("../log/tree.js").Tree} tree - at the cursor.
   * @returns {?Told} null where there is nothing to say.
   */
  told(tree, cursor) {
    const log = this.log();
    if (!log.complete || !tree.root) return null;
    const opening = log.run === this.given.opening;
    const { claim, from } = this.claim(log);
    if (!claim && !opening) return null;
    const { scene } = this.opening;
    const shown = claim && cursor >= from && !scene;
    if (!shown && !opening) return null;
    return {
      sentence: shown ? claim.sentence : "",
      points: scene ? placesOf(scene.term, tree) : shown ? claim.points : [],
      term: scene?.term ?? null,
      playing: this.playing,
      opening,
      invites: isRecorded(log.run) || Boolean(this.cutStep),
    };
  }

  /** Whether the run on show is spoken of: it is the opening's, or that of a chosen problem. */
  get speaks() {
    const { run } = this.log();
    return run === this.given.opening || this.given.chosen.some((chosen) => chosen.run === run);
  }

  /** What this run shows of what was claimed, and the cursor from which on it can be seen. */
  claim(log) {
    if (this.said.run === log.run) return this.said;
    const chosen = this.given.chosen.find((one) => one.run === log.run || isSame(one.recipe, log.events[0]));
    const claim = chosen ? sayClaim(chosen, Tree.fromEvents(log.events)) : null;
    const cut = chosen?.claim === "right_path_is_cut" ? chosen.evidence.step : null;
    this.said = { run: log.run, claim, cut, from: claim ? momentOf(chosen, log.events) : 0 };
    return this.said;
  }

  /** The step whose cut is spoken of in the run on show; null: none is. */
  get cutStep() {
    const { claim, cut = null } = this.claim(this.log());
    return claim ? cut : null;
  }

  seen() {
    try {
      return this.storage?.getItem(SEEN) === "seen";
    } catch {
      return false;
    }
  }

  remember() {
    try {
      this.storage?.setItem(SEEN, "seen");
    } catch {
      // It plays again at the next visit.
    }
  }
}

/** Whether a run was made from this recipe. */
const isSame = ({ problem, strategy, seed, n, verifier }, header) =>
  header.problem.text === problem &&
  header.strategy === strategy &&
  header.seed === seed &&
  header.options.n === n &&
  header.verifier.name === verifier;

/** The cursor from which on there is to be seen what is said: a cut when it is made, votes at the end. */
function momentOf({ evidence }, events) {
  const cut = events.findIndex(({ pruned }) => pruned?.some(([id]) => id === evidence.step));
  return cut < 0 ? events.length : cut + 1;
}


// Plays the opening: moves the cursor through the log, scene by scene, until it is over or a person
// does something. Knows nothing of what is said.

export class Opening {
  /**
   * @param {Object} wiring
   * @param {(cursor: number) => void} wiring.seek
   * @param {() => void} wiring.onChange - another scene, or the end.
   * @param {(callback: (now: number) => void) => void} [wiring.frame]
   */
  constructor({ seek, onChange, frame = (callback) => requestAnimationFrame(callback) }) {
    Object.assign(this, { seek, onChange, frame });
    /** @type {import("./script.js").Scene[]} those that are still to come, the one that plays first. */
    this.scenes = [];
  }

  get playing() {
    return this.scenes.length > 0;
  }

  /** The scene that plays; null where none does. */
  get scene() {
    return this.scenes[0] ?? null;
  }

  play(scenes) {
    this.scenes = [...scenes];
    this.passed = 0;
    this.last = null;
    if (!this.playing) return;
    this.seek(this.scene.from);
    this.onChange();
    const turn = (this.turn = {});
    const next = () => this.frame((now) => turn === this.turn && this.playing && (this.tick(now), next()));
    next();
  }

  /** Nothing moves any more; the cursor stays where it is. */
  stop() {
    if (!this.playing) return;
    this.scenes = [];
    this.onChange();
  }

  tick(now) {
    // A tab that slept does not leap.
    this.passed += this.last === null ? 0 : Math.min(now - this.last, 250);
    this.last = now;
    const { from, to, ms, rest } = this.scene;
    const part = Math.min(1, this.passed / ms);
    this.seek(Math.floor(from + (to - from) * part));
    if (this.passed < ms + rest) return;
    this.passed = 0;
    this.scenes.shift();
    this.onChange();
  }
}

// Playing a log like a film: a position that moves through the rounds at a chosen speed.

const ROUND_MS = 1600;
export const SPEEDS = [0.5, 1, 2, 4, 8];

export class Player {
  /**
   * @param {Object} wiring
   * @param {() => import("./rounds.js").Rounds} wiring.rounds
   * @param {() => number} wiring.cursor
   * @param {(cursor: number) => void} wiring.seek
   * @param {() => void} wiring.onChange - playing or speed changed.
   * @param {() => boolean} wiring.stepwise - true: whole rounds, no motion in between.
   * @param {(callback: (now: number) => void) => number} [wiring.frame]
   */
  constructor({ frame = (callback) => requestAnimationFrame(callback), ...wiring }) {
    Object.assign(this, wiring, { frame });
    this.playing = false;
    this.speed = 1;
  }

  play() {
    const { segments } = this.rounds();
    if (this.playing || !segments.length) return;
    if (this.cursor() >= segments.at(-1).cursor) this.seek(segments[0].cursor);
    this.playing = true;
    this.position = this.cursor();
    this.last = null;
    this.waited = 0;
    this.onChange();
    this.frame((now) => this.tick(now));
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.onChange();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  setSpeed(speed) {
    this.speed = speed;
    this.onChange();
  }

  tick(now) {
    if (!this.playing) return;
    const elapsed = this.last === null ? 0 : Math.min(now - this.last, 250);
    this.last = now;
    const rounds = this.rounds();
    if (this.stepwise()) this.leap(rounds, elapsed);
    else this.glide(rounds, elapsed);
    if (this.cursor() >= rounds.segments.at(-1).cursor) this.pause();
    else this.frame((next) => this.tick(next));
  }

  /** Every round takes equally long, however many events it has. */
  glide(rounds, elapsed) {
    const segment = rounds.segments[rounds.indexAt(Math.floor(this.position) + 1)];
    this.position += (elapsed * this.speed * (segment.cursor - segment.from)) / ROUND_MS;
    this.position = Math.min(this.position, segment.cursor);
    if (Math.floor(this.position) !== this.cursor()) this.seek(Math.floor(this.position));
  }

  leap(rounds, elapsed) {
    this.waited += elapsed * this.speed;
    if (this.waited < ROUND_MS) return;
    this.waited = 0;
    this.seek(rounds.neighbour(this.cursor(), 1));
  }
}

// The only letters on the canvas itself are the problem's name; all others are HTML over it.

export class Lettering {
  constructor(ctx) {
    this.ctx = ctx;
    this.font = "sans-serif";
  }

  /** Use this size in pixels and this weight from now on. */
  write(size, weight) {
    this.ctx.font = `${weight} ${size}px ${this.font}`;
  }
}

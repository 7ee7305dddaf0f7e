// The opening never plays over what a person does: whatever they press, it ends.

const PLAY = ".esp-play";
/** What a space bar means something else to. */
const CONTROLS = "button, a, input, select, textarea, summary, [role=tab]";
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph"]);

export class Attention {
  /**
   * @param {HTMLElement} root - the explorer.
   * @param {HTMLElement} words - where the opening speaks: its own buttons know what they do.
   * @param {import("./minute.js").Minute} minute
   */
  constructor(root, words, minute) {
    Object.assign(this, { root, words, minute, interrupted: false });
    this.listeners = {
      pointerdown: (event) => this.press(event),
      click: (event) => this.click(event),
      keydown: (event) => this.key(event),
    };
    for (const [name, listener] of Object.entries(this.listeners)) document.addEventListener(name, listener, true);
  }

  dispose() {
    for (const [name, listener] of Object.entries(this.listeners)) document.removeEventListener(name, listener, true);
  }

  /** What is pressed must not move away from under the finger: the rest comes with the click. */
  press({ target }) {
    if (!this.minute.playing || this.words.contains(target)) return;
    this.minute.stop();
    this.interrupted = true;
  }

  click(event) {
    if (!this.interrupted) return;
    this.interrupted = false;
    const { target } = event;
    // While the opening plays, this button says Pause: it has held it, and plays nothing.
    if (target.closest?.(PLAY)) event.stopPropagation();
    // The timeline says itself which moment is wanted.
    else if (!target.closest?.(".esp-timeline")) setTimeout(() => this.minute.finish());
  }

  key(event) {
    if (!this.minute.playing || MODIFIERS.has(event.key)) return;
    if (event.key === "Escape") event.preventDefault();
    else if (this.words.contains(event.target)) return;
    // Brackets, in the explorer, go on from the moment on show; the space bar holds it.
    if (this.root.contains(event.target) && event.key !== "Escape") {
      this.minute.stop();
      this.hold(event);
    } else this.minute.skip();
  }

  /** The key that means Pause has paused; it does not play. */
  hold(event) {
    if (event.target.closest?.(PLAY)) this.interrupted = event.key === " " || event.key === "Enter";
    else if (event.key === " " && !event.target.closest?.(CONTROLS)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }
}

// Mouse, pen and touch on the canvas become five gestures: hover, leave, pick, pan, zoom.

const CLICK_SLOP = 4;
const WHEEL_STEP = 0.0016;

export class Pointer {
  /**
   * @param {HTMLElement} element
   * @param {{hover, leave, pick, pan, zoom}} gestures - called with CSS pixels inside the element.
   */
  constructor(element, gestures) {
    this.element = element;
    this.gestures = gestures;
    this.down = new Map();
    this.travel = 0;
    this.picked = false;
    const listen = (event, handler, options) => element.addEventListener(event, handler, options);
    listen("pointerdown", (event) => this.press(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.release(event));
    listen("pointercancel", (event) => this.down.delete(event.pointerId));
    listen("touchend", (event) => this.lift(event), { passive: false });
    listen("pointerleave", () => this.gestures.leave());
    listen("wheel", (event) => this.wheel(event), { passive: false });
  }

  get dragging() {
    return this.down.size > 0 && this.travel > CLICK_SLOP;
  }

  press(event) {
    if (event.button !== 0) return;
    this.down.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.down.size === 1) this.travel = 0;
    this.element.setPointerCapture(event.pointerId);
  }

  move(event) {
    const from = this.down.get(event.pointerId);
    if (!from) {
      if (event.pointerType !== "touch") this.gestures.hover(...this.inside(event.clientX, event.clientY));
      return;
    }
    const to = [event.clientX, event.clientY];
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    this.travel += Math.hypot(dx, dy);
    const other = [...this.down].find(([id]) => id !== event.pointerId)?.[1];
    this.down.set(event.pointerId, to);
    if (!this.dragging) return;
    if (other) this.pinch(from, to, other);
    const part = (other ? 0.5 : 1) / this.enlarged();
    this.gestures.pan(dx * part, dy * part);
  }

  pinch(from, to, other) {
    const before = Math.hypot(from[0] - other[0], from[1] - other[1]);
    const after = Math.hypot(to[0] - other[0], to[1] - other[1]);
    if (before > 0) this.gestures.zoom(after / before, ...this.inside((to[0] + other[0]) / 2, (to[1] + other[1]) / 2));
  }

  release(event) {
    if (!this.down.has(event.pointerId)) return;
    const click = this.down.size === 1 && this.travel <= CLICK_SLOP;
    this.down.delete(event.pointerId);
    this.picked = click;
    if (click) this.gestures.pick(...this.inside(event.clientX, event.clientY));
  }

  /**
   * Of a tap the browser makes a mouse's click besides, for whatever lies there by then: the sheet
   * that the tap brought up, and a button on it that nobody meant.
   */
  lift(event) {
    if (!this.picked || !event.cancelable) return;
    event.preventDefault();
    // What that click would have done as well: a keyboard on the screen goes.
    this.element.focus({ preventScroll: true });
  }

  /** The wheel scrolls the page, unless Ctrl is held or the picture has the focus. */
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.element) return;
    event.preventDefault();
    const delta = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    this.gestures.zoom(Math.exp(-delta * WHEEL_STEP), ...this.inside(event.clientX, event.clientY));
  }

  inside(clientX, clientY) {
    const box = this.element.getBoundingClientRect();
    const enlarged = this.enlarged(box);
    return [(clientX - box.left) / enlarged, (clientY - box.top) / enlarged];
  }

  /** How many pixels of the screen one of the element's own takes. */
  enlarged(box = this.element.getBoundingClientRect()) {
    return box.width / this.element.offsetWidth || 1;
  }
}

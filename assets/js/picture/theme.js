// Light, dark and forced colours: the palette as CSS custom properties and as plain values.

/** Keeps an element's palette in step with the page's theme. */
export class Theme {
  /**
   * @param {HTMLElement} element - gets the custom properties.
   * @param {Object} palette - `assets/palette.json`.
   * @param {() => void} onChange
   */
  constructor(element, palette, onChange) {
    this.element = element;
    this.palette = palette;
    this.queries = { forced: matchMedia("(forced-colors: active)"), contrast: matchMedia("(prefers-contrast: more)") };
    this.apply();
    const changed = () => {
      this.apply();
      onChange();
    };
    this.observer = new MutationObserver(changed);
    this.observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    for (const query of Object.values(this.queries)) query.addEventListener("change", changed);
    this.changed = changed;
  }

  dispose() {
    this.observer.disconnect();
    for (const query of Object.values(this.queries)) query.removeEventListener("change", this.changed);
  }

  apply() {
    this.name = document.body.classList.contains("dark") ? "dark" : "light";
    this.base = this.palette.themes[this.name];
    // Asked only here: who asks a query before its change is told makes Chromium keep the change to itself.
    this.forced = this.queries.forced.matches;
    this.contrast = this.queries.contrast.matches;
    if (this.contrast) this.base = { ...this.base, subtle: this.base.text, muted: this.base.ink };
    if (this.forced) this.base = forcedBase();
    const style = this.element.style;
    for (const [name, colour] of Object.entries(this.base)) style.setProperty(`--esp-${name}`, colour);
    for (const [key, spec] of Object.entries({ ...this.palette.states, ...this.palette.grades })) {
      const { fill, line } = this.colours(spec);
      style.setProperty(`--esp-${key}-fill`, fill ?? "none");
      style.setProperty(`--esp-${key}-line`, line);
    }
    for (const [key, { fill }] of Object.entries(this.palette.series ?? {}))
      style.setProperty(`--esp-${key}-fill`, fill[this.name]);
  }

  /** The same theme as it is for everybody: this person's contrast and forced colours are left out. */
  plain() {
    const { palette, name } = this;
    const asked = { forced: false, contrast: false };
    return Object.assign(Object.create(Theme.prototype), { palette, name, base: palette.themes[name], ...asked });
  }

  /** Fill and line of a state or a grade in this theme. */
  colours(spec) {
    if (this.forced) return { fill: spec.fill?.[this.name] ? "CanvasText" : null, line: "CanvasText" };
    return { fill: spec.fill?.[this.name] ?? null, line: this.contrast ? this.base.ink : spec.line[this.name] };
  }

  /** Dash, widths and colour of the edge into a node of this state. */
  edge(spec) {
    // Where more contrast is wanted, dash and width alone tell edges apart; but for the winning one.
    const plain = this.contrast && !spec.edge.casing;
    const colour = this.forced ? "CanvasText" : plain ? this.base.ink : spec.edge.color[this.name];
    return { dash: DASHES[spec.edge.dash], width: spec.edge.width, casing: spec.edge.casing ?? 0, colour };
  }
}

const DASHES = { solid: [], dot: [1.5, 3.5], dash: [6, 4], longdash: [11, 4], dashdot: [7, 3, 1.5, 3] };

function forcedBase() {
  return {
    background: "Canvas",
    surface: "Canvas",
    ink: "CanvasText",
    muted: "CanvasText",
    text: "CanvasText",
    subtle: "CanvasText",
    casing: "CanvasText",
    focus: "Highlight",
  };
}

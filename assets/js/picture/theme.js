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
    this.forced = matchMedia("(forced-colors: active)");
    this.apply();
    const changed = () => {
      this.apply();
      onChange();
    };
    this.observer = new MutationObserver(changed);
    this.observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    this.forced.addEventListener("change", changed);
    this.changed = changed;
  }

  dispose() {
    this.observer.disconnect();
    this.forced.removeEventListener("change", this.changed);
  }

  apply() {
    this.name = document.body.classList.contains("dark") ? "dark" : "light";
    this.base = this.palette.themes[this.name];
    if (this.forced.matches) this.base = forcedBase();
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

  /** Fill and line of a state or a grade in this theme. */
  colours(spec) {
    if (this.forced.matches) return { fill: spec.fill?.[this.name] ? "CanvasText" : null, line: "CanvasText" };
    return { fill: spec.fill?.[this.name] ?? null, line: spec.line[this.name] };
  }

  /** Dash, widths and colour of the edge into a node of this state. */
  edge(spec) {
    const colour = this.forced.matches ? "CanvasText" : spec.edge.color[this.name];
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

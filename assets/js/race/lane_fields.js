// The fields of one lane: its strategy, N, models, and the other options of that strategy.

import { fill, h, setText, uniqueId } from "../dom/dom.js";
import { widthWords } from "../form/settings.js";

const USUAL_SOURCE = "verifier";

export class LaneFields {
  /**
   * @param {Object} given - what may race, as the page brings it.
   * @param {{strategy: string, values: Object<string, string>}} lane
   * @param {() => void} remove
   */
  constructor(given, lane, remove) {
    this.given = given;
    this.values = { ...lane.values };
    this.legend = h("legend", {});
    this.strategy = this.select("Strategy", given.strategies.map(({ name, title }) => [name, title]), lane.strategy, () => this.draw());
    this.remove = h("button", { type: "button", class: "esp-button race-remove", text: "Remove", on: { click: remove } });
    this.usual = h("div", { class: "race-fields" });
    this.more = h("div", { class: "race-fields" });
    this.details = h("details", { class: "race-more" }, h("summary", { text: "More options" }), this.more);
    this.mistake = h("p", { class: "race-mistake", id: uniqueId("mistake"), role: "alert", hidden: true });
    this.element = h("fieldset", { class: "race-lane-fields" }, this.legend, this.usual, this.details, this.mistake, this.remove);
    this.draw();
  }

  get chosen() {
    const { strategies } = this.given;
    return strategies.find(({ name }) => name === this.strategy.value) ?? strategies[0];
  }

  number(place, several) {
    this.legend.textContent = `Lane ${place + 1}`;
    this.remove.disabled = !several;
    this.remove.setAttribute("aria-label", `Remove lane ${place + 1}`);
  }

  /** The fields of this strategy; what stood in one of the same name stays. */
  draw() {
    this.keep();
    const { given, chosen } = this;
    this.fields = new Map();
    const options = chosen.options.map((option) => [option, this.optionField(option)]);
    const shown = ({ name, advanced }) => name === "n" || (!advanced && name === "judge");
    fill(
      this.usual,
      h("div", { class: "race-strategy" }, this.labelled("Strategy", this.strategy)),
      options.filter(([option]) => shown(option)).map(([, field]) => field),
      this.modelFields(),
    );
    const more = options.filter(([option]) => !shown(option)).map(([, field]) => field);
    fill(this.more, more, chosen.verified && this.sourceField(given.sources));
    this.tellWidth();
    this.details.open ||= [...this.fields].some(([name, field]) => this.more.contains(field) && name in this.said());
  }

  /** What a beam width comes to stands behind its name, as N is typed too. */
  tellWidth() {
    const width = this.fields.get("beam_width");
    if (!width) return;
    const name = width.parentElement.firstChild;
    const label = name.textContent;
    const tell = () => setText(name, label + widthWords(this.chosen.name, "beam_width", this.fields.get("n").value, width.value));
    for (const field of [width, this.fields.get("n")]) field.addEventListener("input", tell);
    tell();
  }

  /** Remember what stands in the fields before others take their place. */
  keep() {
    if (this.fields) this.values = { ...this.values, ...Object.fromEntries([...this.fields].map(([name, field]) => [name, valueOf(field)])) };
  }

  modelFields() {
    const { pairs, solvers, verifiers, first } = this.given;
    const parts = [];
    if (pairs.length > 1) parts.push(this.field("models", "Models", pairs.map(({ name, title }) => [name, title]), pairs[0].name));
    const chosen = pairs.find(({ name }) => name === (this.values.models ?? pairs[0].name)) ?? pairs[0];
    this.fields.get("models")?.addEventListener("change", () => this.draw(), { once: true });
    if (!chosen.embedded) return parts;
    const usual = { self_revision: "revision", single_stream: "stream" }[this.chosen.name] ?? first;
    if (this.chosen.verified) parts.push(this.field("verifier", "Verifier", Object.entries(verifiers), first));
    parts.push(this.field("solver", "Solver", Object.entries(solvers), usual));
    return parts;
  }

  sourceField(sources) {
    return this.field("score_source", "Scores from", Object.entries(sources), USUAL_SOURCE);
  }

  field(name, label, choices, usual) {
    const field = this.select(label, choices, this.values[name] ?? usual);
    field.dataset.usual = usual;
    this.fields.set(name, field);
    return this.labelled(label, field);
  }

  optionField({ name, label, help, kind, default: usual, minimum, maximum, choices }) {
    const value = this.values[name] ?? String(usual);
    if (kind === "choice") return this.field(name, label, Object.entries(choices), String(usual));
    const field =
      kind === "boolean"
        ? h("input", { type: "checkbox", checked: value === "true" })
        : h("input", { type: "number", min: minimum, max: maximum, step: kind === "integer" ? 1 : "any", value, inputmode: kind === "integer" ? "numeric" : "decimal" });
    field.dataset.usual = String(usual);
    this.fields.set(name, field);
    return this.labelled(label, field, help);
  }

  labelled(label, field, help = null) {
    field.id ||= uniqueId("field");
    return h("label", { class: field.type === "checkbox" ? "race-check" : "race-field", title: help }, h("span", { text: label }), field);
  }

  select(label, choices, value, change = null) {
    const field = h("select", { on: change ? { change } : {} }, choices.map(([name, text]) => h("option", { value: name, text })));
    field.value = choices.some(([name]) => name === value) ? value : choices[0]?.[0];
    return field;
  }

  /** What differs from the defaults, by name. */
  said() {
    const said = {};
    for (const [name, field] of this.fields) if (valueOf(field) !== field.dataset.usual) said[name] = valueOf(field);
    return said;
  }

  /** The lane in a few words: "Beam search, N 16". */
  words() {
    const { title } = this.chosen;
    const n = this.fields.get("n");
    return n ? `${title}, N ${n.value}` : title;
  }

  lane() {
    return { strategy: this.chosen.name, values: this.said() };
  }

  refuse(why, name) {
    this.mistake.hidden = !why;
    this.mistake.textContent = why;
    for (const field of this.fields.values()) field.removeAttribute("aria-invalid");
    if (!why) return;
    const field = this.fields.get(name) ?? this.strategy;
    if (this.more.contains(field)) this.details.open = true;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", this.mistake.id);
    field.focus();
  }
}

const valueOf = (field) => (field.type === "checkbox" ? String(field.checked) : field.value.trim());

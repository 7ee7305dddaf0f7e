// The glossary on the page: whatever has a `data-term` explains itself, pointed at, focused or tapped.

const AWAY_MS = 250;
const GAP = 6;
const EDGE = 8;

/**
 * Explain every term of the page, whenever it comes to be there.
 *
 * @param {Object<string, {term: string, says: string, where: ?string, address: ?string}>} terms - by
 *   name; `address` is relative to the app's root.
 * @param {string} root - the app's root, an absolute address that ends with "/".
 */
export function explainTerms(terms, root) {
  const card = new TermCard(terms, root);
  const termOf = (event) => event.target.closest?.("[data-term]") ?? null;
  let pointer = "";
  const placeOf = ({ screenX, screenY }) => `${screenX} ${screenY}`;
  document.addEventListener("pointermove", (event) => (pointer = placeOf(event)), { passive: true });
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    // What comes to stand under a pointer that rests is not asked about, unless it was before.
    const term = termOf(event);
    const asked = pointer !== placeOf(event) || card.shown?.dataset.term === term?.dataset.term;
    pointer = placeOf(event);
    card.hover(asked ? term : null, event.target);
  });
  document.addEventListener("focusin", (event) => {
    const shown = termOf(event);
    if (shown?.matches(":focus-visible")) card.open(shown);
    else if (!card.has(event.target)) card.close();
  });
  document.addEventListener("pointerdown", (event) => (card.touching = event.pointerType === "touch" ? termOf(event) : null));
  // Before whatever a tap on the term does: a link is followed by the second tap.
  document.addEventListener("click", (event) => card.tap(event, termOf(event)), true);
  document.addEventListener("keydown", (event) => card.key(event), true);
  for (const moved of ["scroll", "resize"]) addEventListener(moved, () => card.close(), { capture: true, passive: true });
}

class TermCard {
  constructor(terms, root) {
    Object.assign(this, { terms, root, shown: null, touching: null });
    this.name = element("strong", "term-name");
    this.says = element("span", "term-says");
    this.where = element("span", "term-where");
    this.more = element("a", "term-more");
    this.more.target = "_blank";
    this.more.textContent = "More in the guide";
    this.card = element("div", "term-card");
    this.card.id = "term-card";
    this.card.setAttribute("role", "note");
    this.card.hidden = true;
    this.card.append(this.name, this.says, this.where, this.more);
    document.body.append(this.card);
  }

  has(node) {
    return this.card.contains(node);
  }

  /** The pointer may cross from the term to its card. */
  hover(shown, target) {
    if (shown || this.has(target)) clearTimeout(this.leaving);
    if (shown) this.open(shown);
    else if (this.shown && !this.has(target)) {
      clearTimeout(this.leaving);
      this.leaving = setTimeout(() => this.close(), AWAY_MS);
    }
  }

  tap(event, shown) {
    if (this.has(event.target)) return;
    // A chip opens the drawer: nothing may lie over that.
    if (shown && shown === this.touching && shown !== this.shown && !shown.matches(".chip")) {
      // A button does what it does; only a link would leave the page.
      if (shown.matches("a[href]")) event.preventDefault();
      this.open(shown);
    } else if (shown?.matches("button.esp-term")) {
      if (shown === this.shown && shown === this.touching) this.close();
      else this.open(shown);
    } else if (!shown) this.close();
    this.touching = null;
  }

  key(event) {
    if (event.key !== "Escape" || !this.shown) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.has(document.activeElement)) this.shown.focus();
    this.close();
  }

  open(shown) {
    clearTimeout(this.leaving);
    const entry = this.terms[shown.dataset.term];
    if (!entry || shown === this.shown) return;
    this.close();
    this.shown = shown;
    shown.setAttribute("aria-describedby", this.card.id);
    this.name.textContent = entry.term;
    this.says.textContent = entry.says;
    this.where.textContent = entry.where ? `In the picture: ${lower(entry.where)}` : "";
    this.where.hidden = !entry.where;
    this.more.hidden = !entry.address;
    if (entry.address) this.more.href = new URL(entry.address, this.root).href;
    this.card.hidden = false;
    this.place(shown.getBoundingClientRect(), this.card.getBoundingClientRect());
  }

  /** Below the term, or above it where there is no room. */
  place(term, { width, height }) {
    const left = Math.max(EDGE, Math.min(innerWidth - width - EDGE, term.left));
    const below = term.bottom + GAP;
    const top = below + height <= innerHeight - EDGE ? below : Math.max(EDGE, term.top - GAP - height);
    Object.assign(this.card.style, { left: `${Math.round(left)}px`, top: `${Math.round(top)}px` });
  }

  close() {
    clearTimeout(this.leaving);
    this.shown?.removeAttribute("aria-describedby");
    this.shown = null;
    this.card.hidden = true;
  }
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

const lower = (text) => text.charAt(0).toLowerCase() + text.slice(1);

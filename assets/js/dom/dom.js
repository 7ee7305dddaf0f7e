// Building elements. Data only ever becomes text nodes or attributes, never markup.

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {Object} attributes - `class`, `text`, `on: {event: handler}`, `style: {property: value}`;
 *   anything else is set as an attribute (null and undefined: left out; true: empty and false: left
 *   out, but for ARIA states and data, which say "true" and "false").
 * @param {...(Node|string|null|undefined|false)} children - strings become text nodes.
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    const spoken = /^(aria|data)-/.test(name);
    if (value === false && !spoken) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    } else if (name === "style") {
      for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    } else element.setAttribute(name, value === true && !spoken ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Replace what is inside an element. */
export function fill(element, ...children) {
  element.replaceChildren(
    ...children.flat().filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Set an attribute only where it changes, so that observers and screen readers stay calm. */
export function setAttribute(element, name, value) {
  const text = String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Set text only where it changes. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let made = 0;

/** An id that no other element of the page has. */
export function uniqueId(name) {
  made += 1;
  return `esp-${name}-${made}`;
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// A word to the person from wherever it is known; the page's message says it.

const SAY = "espalier:say";

/** Say this at the top of the page, until something else is said there. */
export const say = (text) => document.dispatchEvent(new CustomEvent(SAY, { detail: text }));

/** @param {(text: string) => void} listener - told what is to be said. */
export const onSaid = (listener) => document.addEventListener(SAY, ({ detail }) => listener(String(detail)));

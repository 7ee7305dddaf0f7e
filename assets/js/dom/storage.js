// What the browser keeps for this app, where it lets it.

/** The browser's own store; null where it refuses pages one. */
export function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** The same of this tab alone, for as long as it is open. */
export function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

// What the browser keeps for this app, where it lets it.

/** The browser's own store; null where it refuses pages one. */
export function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

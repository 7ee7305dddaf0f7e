// Out of the page: text to the clipboard, files to the disk.

/** @returns {Promise<boolean>} whether the text is in the clipboard now. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** Pages without a secure context have no clipboard API, and frames may be denied it. */
function copyBySelection(text) {
  const held = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  held?.focus({ preventScroll: true }); // whoever goes by keyboard keeps their place
  return done;
}

/**
 * @param {string} name
 * @param {string|Blob} content
 * @param {string} type - the kind of file, as a media type.
 */
export function saveFile(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

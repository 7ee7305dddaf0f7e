// Pixels of a drawing.

/** Pixels for each unit: sharp on a slide. */
const RATIO = 2;
/** Browsers refuse larger pictures, or give empty ones. */
const MOST_PIXELS = 8192;

/**
 * @param {string} svg - a whole drawing, without outside parts.
 * @returns {Promise<Blob>} a PNG.
 */
export async function rasterise(svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const ratio = Math.min(RATIO, MOST_PIXELS / image.width, MOST_PIXELS / image.height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * ratio);
    canvas.height = Math.round(image.height * ratio);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!png) throw new Error("This browser made no picture of the tree.");
    return png;
  } finally {
    URL.revokeObjectURL(url);
  }
}

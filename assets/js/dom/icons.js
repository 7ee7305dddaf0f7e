// The few pictures on buttons, as SVG path data on a 24 × 24 grid. Decoration: buttons have names.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back: "M6 5h2.4v14H6zM19 5v14L9 12z",
  forward: "M15.6 5H18v14h-2.4zM5 5v14l10-7z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  fit: "M4 4h6v2H6v4H4zM14 4h6v6h-2V6h-4zM4 14h2v4h4v2H4zM18 14h2v6h-6v-2h4z",
  follow: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm0 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
  left: "M15.5 5.5 9 12l6.5 6.5-1.5 1.5L6 12l8-8z",
  right: "M8.5 5.5 15 12l-6.5 6.5L10 20l8-8-8-8z",
  up: "M5.5 15.5 12 9l6.5 6.5L20 14l-8-8-8 8z",
  down: "M5.5 8.5 12 15l6.5-6.5L20 10l-8 8-8-8z",
  link: "M10.6 13.4a1 1 0 0 1-1.4 1.4 4 4 0 0 1 0-5.6l3-3a4 4 0 0 1 5.6 5.6l-1.5 1.5-1.4-1.4 1.5-1.5a2 2 0 0 0-2.8-2.8l-3 3a2 2 0 0 0 0 2.8zM13.4 10.6a1 1 0 0 1 1.4-1.4 4 4 0 0 1 0 5.6l-3 3a4 4 0 0 1-5.6-5.6l1.5-1.5 1.4 1.4-1.5 1.5a2 2 0 0 0 2.8 2.8l3-3a2 2 0 0 0 0-2.8z",
  save: "M11 4h2v8.2l3.1-3.1 1.4 1.4L12 16l-5.5-5.5 1.4-1.4 3.1 3.1zM5 18h14v2H5z",
  present: "M3 4h18v2h-1v10h-5.6l2.2 4h-2.3l-2.2-4h-.2l-2.2 4H7.4l2.2-4H4V6H3zm3 2v8h12V6z",
  group: "M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zm7.5 1.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM3 19v-1c0-3 2.7-5 6-5s6 2 6 5v1zm14 0v-1c0-1.6-.5-3-1.5-4.1.3-.1.7-.1 1-.1 2.7 0 4.5 1.7 4.5 4.2v1z",
  settings: "M4 7h9.2a3 3 0 0 1 5.6 0H20v2h-1.2a3 3 0 0 1-5.6 0H4zm12-.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3zM4 15h1.2a3 3 0 0 1 5.6 0H20v2h-9.2a3 3 0 0 1-5.6 0H4zm4-.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3z",
  undo: "M9.4 4.5 8 3.1 2.6 8.5 8 13.9l1.4-1.4-3-3H14a4.5 4.5 0 0 1 0 9H8v2h6a6.5 6.5 0 0 0 0-13H6.4z",
  search:
    "M10.5 4a6.5 6.5 0 0 1 5.2 10.4l4.4 4.4-1.4 1.4-4.4-4.4A6.5 6.5 0 1 1 10.5 4zm0 2a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
};

/** @returns {SVGElement} */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24",
    width: 18,
    height: 18,
    "aria-hidden": "true",
    focusable: "false",
    class: "esp-icon",
  })) {
    picture.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  picture.append(path);
  return picture;
}

// What the pages of the guide do beside being read: fold their lists, copy code, scroll by keyboard.

import { copyText } from "../dom/sharing.js";
import { mountHeader } from "../dom/header.js";

/** From this width on the lists stand at the side and stay open; below, they are folded away. */
const WIDE = { pages: "(min-width: 900px)", sections: "(min-width: 1240px)" };
const COPIED_MS = 2000;

mountHeader();

for (const [name, query] of Object.entries(WIDE)) {
  const fold = document.querySelector(`.${name} > .fold`);
  if (!fold) continue;
  const wide = matchMedia(query);
  const follow = () => (fold.open = wide.matches);
  follow();
  fold.dataset.ready = "true"; // the sheet has folded it so far
  wide.addEventListener("change", follow);
  // Whoever chose from a folded list wants to read what was chosen.
  fold.addEventListener("click", (event) => {
    if (!wide.matches && event.target.closest("a")) fold.open = false;
  });
}

for (const block of document.querySelectorAll(".code")) block.append(copyButton(block));

function copyButton(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  let timer = 0;
  button.addEventListener("click", async () => {
    const done = await copyText(block.querySelector("code").textContent);
    button.textContent = done ? "Copied" : "Not allowed";
    document.getElementById("told").textContent = done ? "Copied." : "The browser did not allow copying.";
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = "Copy";
      document.getElementById("told").textContent = "";
    }, COPIED_MS);
  });
  return button;
}

// Only what is wider than its frame becomes a stop for the keyboard.
function settle(frame) {
  const scrolls = frame.scrollWidth > frame.clientWidth;
  frame.toggleAttribute("tabindex", scrolls);
  if (scrolls) {
    frame.tabIndex = 0;
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", `${frame.dataset.wide}, scrolls sideways`);
  } else {
    frame.removeAttribute("role");
    frame.removeAttribute("aria-label");
  }
}
const frames = new ResizeObserver((entries) => entries.forEach(({ target }) => settle(target)));
for (const frame of document.querySelectorAll("[data-wide]")) {
  settle(frame); // at once: the observer tells of it a frame later
  frames.observe(frame);
}

// Which section is being read is marked in the list of sections.
const entries = new Map(
  [...document.querySelectorAll(".sections a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
);
const headings = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
const mark = () => {
  const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4);
  const current = entries.get((passed.at(-1) ?? headings[0])?.id);
  for (const link of entries.values()) {
    if (link === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
};
if (headings.length) {
  let asked = 0;
  addEventListener("scroll", () => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(mark);
  }, { passive: true });
  mark();
}

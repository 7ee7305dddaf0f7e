// How one reads a report: folded on a phone, whole on paper, few stops for the Tab key, and a threshold
// to choose. It stands in the report itself, which is one file: so it imports nothing.

const NARROW = "(max-width: 40rem)";
const PARTS = "details.card, details.part";

/** On a narrow screen the parts begin folded: their heads are the table of contents. */
function fold(page) {
  if (!matchMedia(NARROW).matches) return;
  for (const part of page.querySelectorAll(PARTS)) part.open = false;
}

/** Paper has no folds; what was folded is so again afterwards. */
function unfoldOnPaper(page) {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...page.querySelectorAll(PARTS)].filter(({ open }) => !open);
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });
}

/** A link within the report opens what it leads to. */
function followLinks(page) {
  const open = (hash) => {
    const target = hash.length > 1 ? page.getElementById(decodeURIComponent(hash.slice(1))) : null;
    for (let part = target?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    return target;
  };
  page.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    const target = link && open(link.hash);
    if (!target || !link.classList.contains("skip")) return;
    event.preventDefault();
    (target.querySelector("details.mistake summary") ?? target.querySelector("summary")).focus();
  });
  open(location.hash);
}

/** A table is a stop for the Tab key only where there is something to scroll. */
function stopAtWideTables(page) {
  const boxes = [...page.querySelectorAll(".wide")];
  const look = () => {
    for (const box of boxes) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
  };
  addEventListener("resize", look);
  page.addEventListener("toggle", look, true);
  look();
}

/**
 * The row of a threshold in words.
 * @param {string[]} names - the table's headings.
 * @param {string[]} cells - the row's; a dash where nothing is known.
 */
export function rowWords(names, cells) {
  const known = names.slice(1).map((name, place) => [name, cells[place + 1]]).filter(([, cell]) => cell !== "–");
  return known.map(([name, cell]) => `${name} ${cell} %`).join(", ");
}

/** A slider over the rows of the table of thresholds, which begins at the one that the card goes by. */
function chooseThresholds(page) {
  for (const box of page.querySelectorAll(".by-threshold")) {
    const names = [...box.querySelectorAll("thead th")].map(({ textContent }) => textContent);
    const rows = [...box.querySelectorAll("tbody tr")].map(({ cells }) => [...cells].map(({ textContent }) => textContent));
    const used = box.dataset.used;
    const label = page.createElement("label");
    const slider = page.createElement("input");
    const told = page.createElement("output");
    Object.assign(slider, { type: "range", min: "0", max: String(rows.length - 1), step: "1" });
    slider.value = String(Math.max(0, rows.findIndex(([threshold]) => threshold === used)));
    const tell = () => {
      const cells = rows[Number(slider.value)];
      const own = cells[0] === used ? ", which this card goes by" : "";
      told.textContent = `At ${cells[0]}${own}: ${rowWords(names, cells)}.`;
      slider.setAttribute("aria-valuetext", cells[0]);
    };
    slider.addEventListener("input", tell);
    label.append("A threshold of your own", slider);
    box.prepend(label, told);
    tell();
  }
}

function begin(page) {
  fold(page);
  unfoldOnPaper(page);
  followLinks(page);
  stopAtWideTables(page);
  chooseThresholds(page);
}

if (typeof document !== "undefined") begin(document);

// Which words stand where in the picture. Pure: marks with their places go in, boxes come out.
//
// A tree is drawn in levels, and so are its words. Beside the marks of a level lies a band that
// belongs to words alone: branches cross it only straight ahead, hidden behind the words of their
// own step, and bend behind the band. So words can meet nothing but each other and the branches of
// steps without words, and both only along the level, which makes placing them a question of
// intervals on a line: linear in space, exact, and the same for the same picture. Where there is no
// room in the band, words may stand outside it, if nothing lies there: on as far
// behind a step that ends as there is nothing; beside their mark in a tree that grows downwards, else below it.
//
// "Along" is the direction of growth, "across" the one in which siblings stand: a tree that grows
// to the right has words of one line's height across, one that grows downwards of a text's width.

import { Column } from "./column.js";
import { Row } from "./row.js";

/** Room that an arrow takes on its way through the band. */
const LANE = 4;
/** More words than this cannot be read, and would be slow. */
export const MOST_WORDS = 100;
/**
 * @typedef {Object} Spot - a mark in view.
 * @property {string} id @property {number} depth - its level, the root's 0.
 * @property {number} x @property {number} y - its place, in pixels.
 * @property {number} radius - of all that is drawn at the mark, rings included, in pixels.
 * @property {boolean} inner - a branch leaves it.
 * @property {number} rank - what goes first: 0 is chosen by hand, up to 2 they have cards if there
 *   is room, 3 has a line, from 4 on words stand only where nothing else wants the room.
 * @property {boolean} bare - it has nothing to say but its score.
 * @property {boolean} brief - a card would say no more than a line.
 * @property {boolean} scored - there is a score to show as a bar.
 *
 * @typedef {Object} View
 * @property {number} width @property {number} height - of the picture, in pixels.
 * @property {number} top - pixels at the top that belong to the levels' names.
 * @property {boolean} vertical - the tree grows downwards.
 * @property {number} pitch - pixels from one level to the next.
 * @property {number} last - the deepest level.
 *
 * @typedef {Object} Word
 * @property {string} id @property {"card"|"line"|"bar"|"problem"} kind
 * @property {number} left @property {number} top @property {number} width @property {number} height
 * @property {number} room - the width that its words were made for.
 * @property {number} out - pixels from the mark to where its branches come out behind the word.
 */

/**
 * Place words at marks.
 *
 * @param {Spot[]} spots
 * @param {View} view
 * @param {{of: (id: string, kind: "card"|"line"|"problem", width: number) => {width: number, height: number},
 *   prepare: (asked: [string, string, number][]) => void}} sizes - of a spot's words, no wider than
 *   `width` pixels; it is told beforehand what it will be asked, to measure all at once.
 * @param {import("./lanes.js").Lane[]} [lanes] - of arrows that cross the levels between their ends.
 * @param {Map<number, [number, number][]>} [ways] - by level, where branches end and start across.
 * @returns {{words: Word[], reaches: Map<number, number>}} `reaches`: how far from its marks a
 *   level's branches run straight on, in pixels.
 */
export function placeWords(spots, view, sizes, lanes = [], ways = new Map()) {
  const levels = levelsOf(spots, view, sizes);
  for (const [number, { from, to, across }] of lanes.entries()) {
    const ends = [from.depth, to.depth];
    for (let depth = Math.min(...ends); depth < Math.max(...ends); depth += 1)
      levels.get(depth)?.take(`lane ${number}`, across - LANE / 2, LANE);
  }
  const order = spots.filter(({ depth }) => levels.has(depth)).sort((a, b) => a.rank - b.rank);
  const all = [...levels.values()];
  let left = MOST_WORDS;
  const pass = (wanted, place, everywhere = false) => {
    for (const spot of order) {
      if (!wanted(spot)) continue;
      const level = levels.get(spot.depth);
      if ((!level.roomy && !everywhere) || (left === 0 && !level.has(spot))) continue;
      const had = level.has(spot);
      if (place(level, spot) && !had) left -= 1;
    }
  };
  const says = (spot) => !spot.bare;
  const tells = (spot) => !spot.bare && !spot.brief;
  pass(({ depth }) => depth === 0, (level, spot) => level.problem(spot));
  pass((spot) => spot.rank <= 3 && spot.depth > 0 && says(spot), (level, spot) => level.line(spot));
  pass((spot) => spot.rank <= 2 && spot.depth > 0 && tells(spot), (level, spot) => level.card(spot));
  pass((spot) => spot.rank > 3 && spot.depth > 0 && says(spot), (level, spot) => level.line(spot));
  pass((spot) => spot.rank > 2 && spot.depth > 0 && tells(spot), (level, spot) => level.card(spot));
  for (const level of all) level.calm(tells);
  const behind = withArrows(ways, lanes, view);
  const ends = (spot) => !spot.inner && spot.depth > 0 && says(spot);
  pass(ends, (level, spot) => level.stretch(spot, levels, behind), true);
  if (view.vertical) {
    for (const level of all) level.openSides(levels.get(level.depth - 1), lanes, ways.get(level.depth) ?? []);
    pass((spot) => spot.depth === 0 || says(spot), (level, spot) => level.beside(spot));
  } else {
    pass((spot) => spot.inner && spot.depth > 0 && tells(spot), (level, spot) => level.under(spot, levels, behind), true);
  }
  for (const spot of order) if (spot.scored) levels.get(spot.depth).bar(spot);
  return {
    words: all.flatMap((level) => [...level.words.values()]),
    reaches: new Map(all.map((level) => [level.depth, level.reach])),
  };
}

/** An arrow leaves its mark, and comes to the other, across: there it is in the way as a branch is. */
function withArrows(ways, lanes, { vertical }) {
  const all = new Map(ways);
  for (const { from, to, across } of lanes)
    for (const { depth, x, y } of [from, to]) all.set(depth, [...(all.get(depth) ?? []), [vertical ? x : y, across]]);
  return all;
}

/** Ask for the sizes that placing these will ask for, most likely, and place nothing. */
export function askSizes(spots, view, sizes) {
  levelsOf(spots, view, sizes);
}

function levelsOf(spots, view, sizes) {
  const members = new Map();
  for (const spot of spots) {
    if (members.has(spot.depth)) members.get(spot.depth).push(spot);
    else members.set(spot.depth, [spot]);
  }
  const make = view.vertical ? Row : Column;
  return new Map([...members].map(([depth, spots]) => [depth, new make(depth, spots, view, sizes)]));
}

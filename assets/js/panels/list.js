// The panels of the explorer, in the order in which they stand. A new panel is one file in this
// folder and one line here.

import { Answers } from "./answers.js";
import { Charts } from "./charts.js";
import { ClassPanel } from "./class_panel.js";
import { Chronicle } from "./chronicle.js";
import { Costs } from "./costs.js";
import { Inspector } from "./inspector/inspector.js";
import { Legend } from "./legend.js";
import { MinutePanel } from "./minute.js";
import { Outline } from "./outline.js";
import { Sharing } from "./sharing.js";
import { Spoken } from "./spoken.js";
import { Steered } from "./steered.js";
import { StoryLine } from "./storyline.js";
import { Timeline } from "./timeline.js";
import { WhatIf } from "./what_if.js";

/**
 * A panel shows one aspect of the moment on show. It is made once, with `{palette, labels,
 * actions}`, and lives as long as the explorer; what it shows, it takes from the moment alone.
 *
 * @typedef {Object} Panel
 * @property {HTMLElement} element - what stands on the page.
 * @property {(moment: Moment) => void} update - something has changed: the log has grown, or the
 *   cursor, the selection or a filter is another one. Called up to twenty times a second, so a
 *   panel leaves the page alone where nothing changes for it.
 * @property {(moment: Moment) => void} [recount] - nothing has changed but the number of tokens in
 *   the steps that are being written. Comes often.
 * @property {() => void} [reset] - another run is on show from now on.
 * @property {() => void} [dispose] - the explorer is taken off the page.
 */

/**
 * What is on show.
 *
 * @typedef {Object} Moment
 * @property {import("../log/log.js").EventLog} log - all events so far, and whether more will come.
 * @property {import("../log/rounds.js").Rounds} rounds
 * @property {number} cursor - how many events of the log are on show.
 * @property {boolean} follow - the cursor goes on with the log.
 * @property {boolean} playing
 * @property {boolean} behind - a run that grows is shown slower than it went, and there is more to show.
 * @property {number|string} pace - how fast it plays, and how fast a live run is shown.
 * @property {import("../log/tree.js").Tree} tree - the tree at the cursor.
 * @property {import("../log/visible.js").Visible} visible - which of its nodes are to be seen.
 * @property {?string} selected - id of a node, or of a folded group.
 * @property {Set<string>} hiddenStates - states that the legend filters away.
 * @property {"dim"|"fold"|"hide"} pruned - what becomes of pruned steps.
 * @property {import("../log/filter.js").Filter} filter - what else is looked for.
 * @property {string[]} found - ids of the steps whose text was searched for, in the order of writing.
 * @property {Set<string>} closed - ids of the nodes whose branch is collapsed.
 * @property {import("../log/writing.js").Writing} writing - what the solver is writing.
 * @property {?string} frontier - the node to keep in sight while the tree grows.
 * @property {() => {cursor: number, sentence: string}[]} story - the story so far; not cheap.
 * @property {{name: string, flops: number}[]} comparison - what other models would have cost.
 * @property {?import("../minute/minute.js").Told} minute - what there is to see in this run, where that is known.
 * @property {?number} promised - tokens that this run is expected to write; null: not known.
 * @property {import("../words/visited_words.js").VisitedRun[]} visited - the runs of this visit, the newest first.
 * @property {string} notice - what is wrong with the connection or the log; "" as a rule.
 */

/**
 * What a panel can ask for; a new moment follows.
 *
 * @typedef {Object} Actions
 * @property {(id: ?string) => void} select - select a node and bring it into sight; null: nothing.
 * @property {(fold: string) => void} unfold - open a folded group.
 * @property {(cursor: number) => void} seek
 * @property {(by: 1|-1) => void} step - a round further or back.
 * @property {() => void} goLive - to the end, and on with the log.
 * @property {() => void} togglePlay
 * @property {(name: string) => void} setPace - one of the paces of `log/pace.js`; it is remembered.
 * @property {(mode: "dim"|"fold"|"hide") => void} setPruned
 * @property {(state: string) => void} toggleState - filter a state away, or show it again.
 * @property {(id: string) => void} toggleBranch - collapse the branch of a node, or open it.
 * @property {() => void} openBranches - open all that are collapsed.
 * @property {(text: string) => void} find - search the steps for a text; "": for nothing.
 * @property {(by: 1|-1) => void} findNext - select the next step that was found, or the one before.
 * @property {(parts: Object) => void} setFilter - change parts of the filter.
 * @property {(run: string) => void} showRun - show a run of this visit once more.
 * @property {() => string} link - the recipe as a link, "" where there is none.
 * @property {(kind: "html"|"png"|"svg"|"jsonl") => Promise<void>} save - what is on show, as a file.
 * @property {() => void} present - the tree, the timeline and one sentence, large, and nothing else.
 * @property {boolean} alone - the page is a file of its own: there is no app that links could lead to.
 * @property {(query: {run: string, theme: string}) => Promise<Object>} [drawCharts] - the charts of a
 *   run, `{head, live, gone, charts: [{name, title, figure, caption}]}`.
 * @property {(query: {run: string, options: Object, noise: number, hedge: ?number, verifier: ?string}) => Promise<Object>} [askWhatIf] -
 *   what another setting would have made of a run that is over: as Python's `WhatIf.to_dict`, or `{error}`.
 * @property {{name: string, title: string, model: string}[]} [judges] - the verifiers that may score it anew.
 * @property {(act: "start"|"state"|"stop", name: string) => Promise<Object>} [askAudit] - what the cuts of a
 *   run cost: `start` with a run's id, the others with the job's: `{id, state, said, audit}`; throws a sentence.
 * @property {(query: {run: string, node: string}) => Promise<Object>} [askStress] - what edits of the path to a
 *   step do to its scores: as Python's `PathStress.to_dict`, or `{error}`.
 * @property {(query: Object) => Promise<string>} [steer] - have the run driven again with an act, as
 *   `components/controls/steering_request.py` reads it; "" once its run is on show, else why there is none.
 * @property {() => string} [shownRun] - id of the run on show, as the server knows it.
 * @property {() => void} [undo] - show the run before the last act; `redo` the one after it again.
 * @property {() => ?string} [redoable] - id of the run that `redo` would show; null: nothing was undone.
 * @property {import("../attending.js").Attending} [attending] - the class that this page may be part of.
 * @property {() => void} showHelp
 * @property {(points: import("../minute/claims.js").Point[], reveal?: boolean) => void} point - ring these nodes in the
 *   picture, and no others.
 * @property {() => void} playOpening
 * @property {() => boolean} openingExpected - its run will be on show.
 * @property {() => boolean} openingDue - it will play as soon as its run is here.
 * @property {() => void} skipOpening
 * @property {() => void} nowYou - on to the problem's field.
 */

/**
 * - `place`: "top"; "between" it and all else; "picture", with the picture, for those who do not see it; "above" and "below"
 *   the picture; "beside" it, over the "side", a tab with this `title`; or "views", a tab in the
 *   picture's own place, updated only while it is shown.
 * - `needs`: an action without which it is left out: not every page has a server behind it.
 * - `early`: it is updated even before the run's problem is there (`moment.tree.root`).
 */
export const PANELS = [
  { name: "story", place: "top", Panel: StoryLine, early: true },
  { name: "class", place: "between", Panel: ClassPanel, needs: "attending", early: true },
  { name: "sharing", place: "end", Panel: Sharing, early: true },
  { name: "minute", place: "beside", Panel: MinutePanel },
  { name: "steered", place: "above", Panel: Steered },
  { name: "legend", place: "above", Panel: Legend },
  { name: "spoken", place: "picture", Panel: Spoken },
  { name: "outline", place: "views", Panel: Outline, title: "Outline" },
  { name: "charts", place: "views", Panel: Charts, title: "Charts", needs: "drawCharts" },
  { name: "timeline", place: "below", Panel: Timeline, early: true },
  { name: "chronicle", place: "side", Panel: Chronicle, title: "Story" },
  { name: "inspector", place: "side", Panel: Inspector, title: "Step" },
  { name: "answers", place: "side", Panel: Answers, title: "Answers" },
  { name: "costs", place: "side", Panel: Costs, title: "Cost" },
  { name: "what-if", place: "side", Panel: WhatIf, title: "What if", needs: "askWhatIf" },
];

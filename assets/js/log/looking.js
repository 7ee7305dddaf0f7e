// What a person can ask for to find their way in a large tree: the panels, the keys and the picture
// ask alike.

/**
 * @param {Object} view
 * @param {(change: (view: import("./view_state.js").ViewState) => void) => void} view.change - change
 *   what is on show, and show it.
 * @param {() => string[]} view.found - what was searched for, at this moment.
 * @param {() => import("./tree.js").Tree} view.tree
 * @param {(id: string) => void} view.select
 */
export function lookingActions({ change, found, tree, select }) {
  return {
    toggleBranch: (id) => change((view) => view.toggleBranch(id, tree())),
    openBranches: () => change(({ closed }) => closed.clear()),
    find: (text) => change(({ finder }) => finder.look(text)),
    setFilter: (parts) => change(({ filter }) => Object.assign(filter, parts)),
    findNext: (by) =>
      change((view) => {
        const next = view.nextFound(found(), by);
        if (next) select(next);
      }),
  };
}

// The guide's theme, before anything is painted: hence no module, which would come too late.
//
// What a person chose holds in all places, the search page too, until they choose again; a link from
// place to place names it, for browsers that keep nothing. Without a choice the system is followed.
{
  const KEY = "espalier-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  // Frames of other sites may be denied their storage.
  const stored = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const chosen = () => stored((storage) => storage.getItem(KEY));

  const address = new URL(location.href);
  const named = address.searchParams.get("__theme");
  if (named) {
    if (named === "light" || named === "dark") stored((storage) => storage.setItem(KEY, named));
    // A link to this page is about the page: whoever gets it has a theme of their own.
    address.searchParams.delete("__theme");
    history.replaceState(history.state, "", address);
  }

  let theme = named === "light" || named === "dark" ? named : chosen();
  const show = () => root.classList.toggle("dark", (theme ?? (system.matches ? "dark" : "light")) === "dark");
  show();
  system.addEventListener("change", show);

  // Heard on the document: who clicks while the page is still arriving is heard too.
  document.addEventListener("click", (event) => {
    if (event.target.closest("#theme")) {
      theme = root.classList.contains("dark") ? "light" : "dark";
      stored((storage) => storage.setItem(KEY, theme));
      show();
      return;
    }
    // The way back takes the choice along.
    const link = event.target.closest("a[data-place]");
    if (!link?.href || !theme) return;
    const target = new URL(link.href);
    target.searchParams.set("__theme", theme);
    link.href = target.href;
  });
}

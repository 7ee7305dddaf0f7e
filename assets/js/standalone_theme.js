// The theme of a page of its own, before anything is painted: the address's, else the system's.
{
  const system = matchMedia("(prefers-color-scheme: dark)");
  const named = new URLSearchParams(location.search).get("__theme");
  const show = () => document.body.classList.toggle("dark", (named ?? (system.matches ? "dark" : "light")) === "dark");
  show();
  system.addEventListener("change", show);
}

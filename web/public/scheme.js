// Runs before the first paint, so that a dark page never flashes white.
try {
  const chosen = localStorage.getItem("quorate.scheme") ?? "auto";
  const dark = chosen === "dark" || (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
  document.documentElement.dataset.letters = localStorage.getItem("quorate.letters") ?? "on";
} catch {
  // Storage may be forbidden; the app then starts light.
}

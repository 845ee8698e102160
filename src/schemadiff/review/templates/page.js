"use strict";
(() => {
  const words = document.getElementById("words");
  const risk = document.getElementById("risk");
  const shown = document.getElementById("shown");
  const lines = Array.from(document.querySelectorAll("#changes .line"));
  const filter = () => {
    const wanted = words.value.trim().toLowerCase();
    const least = Number(risk.value);
    let count = 0;
    for (const line of lines) {
      const fits = line.dataset.words.includes(wanted) && Number(line.dataset.risk) >= least;
      line.hidden = !fits;
      count += fits ? 1 : 0;
    }
    for (const group of document.querySelectorAll("#changes .group")) {
      group.hidden = !group.querySelector(".line:not([hidden])");
    }
    shown.textContent = `${count} of ${lines.length} shown`;
  };
  const theme = document.getElementById("theme");
  theme.addEventListener("click", () => {
    const dark = getComputedStyle(document.documentElement).getPropertyValue("--dark").trim() === "1";
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    theme.setAttribute("aria-pressed", String(!dark));
  });
  if (words) {
    words.addEventListener("input", filter);
    risk.addEventListener("change", filter);
    filter();
  }
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = Array.from(document.querySelectorAll("details:not([open])"));
    opened.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((one) => { one.open = false; });
  });
})();

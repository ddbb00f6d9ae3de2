"use strict";
(() => {
  const bar = document.getElementById("filters");
  const items = Array.from(document.querySelectorAll("#findings [data-severity]"));
  const texts = new Map();
  const textOf = (it) => {
    if (!texts.has(it)) texts.set(it, it.textContent.toLowerCase());
    return texts.get(it);
  };
  const wordsOf = (input) => input.value.toLowerCase().split(/\s+/).filter(Boolean);

  const find = document.querySelector("#packages .find");
  if (find) {
    const rows = Array.from(document.querySelectorAll(".packages tbody tr"));
    const input = find.querySelector("input");
    const shown = find.querySelector("output");
    let waiting = 0;
    const apply = () => {
      const words = wordsOf(input);
      let count = 0;
      for (const row of rows) {
        const fits = words.every((it) => textOf(row).includes(it));
        if (row.hidden === fits) row.hidden = !fits;
        if (fits) count += 1;
      }
      shown.value = words.length === 0 ? "" : `${count} of ${rows.length}`;
    };
    find.hidden = rows.length === 0;
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 120);
    });
  }

  if (bar && items.length > 0) {
    const boxes = Array.from(bar.querySelectorAll("input[type=checkbox]"));
    const search = bar.querySelector("input[type=search]");
    const selects = Array.from(bar.querySelectorAll("select"));
    const shown = bar.querySelector("output");
    const empty = document.getElementById("nothing-left");
    const has = (item, select) => {
      const value = item.dataset[select.name] ?? item.parentElement.dataset[select.name];
      if (select.value === "") return true;
      if (value === undefined) return false;
      if (select.name !== "mend") return value === select.value;
      return select.value === "exploited" ? value.endsWith("exploited") :
        value.replace(/ exploited$/, "") === select.value;
    };
    const apply = () => {
      const severities = new Set(boxes.filter((it) => it.checked).map((it) => it.value));
      const words = wordsOf(search);
      const chosen = selects.filter((it) => it.value !== "");
      let count = 0;
      for (const item of items) {
        const fits =
          severities.has(item.dataset.severity) &&
          chosen.every((it) => has(item, it)) &&
          words.every((it) => textOf(item).includes(it));
        if (item.hidden === fits) item.hidden = !fits;
        if (fits) count += 1;
      }
      for (const file of document.querySelectorAll(".file")) {
        file.hidden = !file.querySelector(".finding:not([hidden])");
      }
      shown.value = `${count} of ${items.length} shown`;
      if (empty) empty.hidden = count > 0;
    };
    const reset = () => {
      boxes.forEach((it) => { it.checked = true; });
      selects.forEach((it) => { it.value = ""; });
      search.value = "";
      apply();
    };
    bar.hidden = false;
    bar.addEventListener("input", apply);
    bar.querySelector("button").addEventListener("click", reset);
    bar.addEventListener("submit", (it) => it.preventDefault());
    for (const link of document.querySelectorAll("a[data-filter]")) {
      link.addEventListener("click", (event) => {
        const select = selects.find((it) => it.name === link.dataset.filter);
        if (!select) return;
        event.preventDefault();
        reset();
        select.value = link.dataset.value;
        apply();
        bar.scrollIntoView({ block: "start" });
      });
    }
    apply();
  }

  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();

"use strict";
(() => {
  const bar = document.getElementById("filters");
  const cards = Array.from(document.querySelectorAll(".finding"));
  if (!bar || cards.length === 0) return;
  const boxes = Array.from(bar.querySelectorAll("input[type=checkbox]"));
  const search = bar.querySelector("input[type=search]");
  const selects = Array.from(bar.querySelectorAll("select"));
  const shown = bar.querySelector("output");
  const empty = document.getElementById("nothing-left");
  const texts = new Map(cards.map((it) => [it, it.textContent.toLowerCase()]));

  const apply = () => {
    const severities = new Set(boxes.filter((it) => it.checked).map((it) => it.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of cards) {
      const fits =
        severities.has(card.dataset.severity) &&
        selects.every((it) => it.value === "" || card.dataset[it.name] === it.value) &&
        words.every((it) => texts.get(card).includes(it));
      card.hidden = !fits;
      if (fits) count += 1;
    }
    for (const file of document.querySelectorAll(".file")) {
      file.hidden = !file.querySelector(".finding:not([hidden])");
    }
    shown.value = `${count} of ${cards.length} shown`;
    empty.hidden = count > 0;
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
  const open = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
  };
  addEventListener("hashchange", open);
  open();
  apply();
})();

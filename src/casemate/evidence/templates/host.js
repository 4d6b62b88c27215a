"use strict";
// Shows the ways of one source in the privilege graph, and what is left of them with the cut made. Reads the page and writes no HTML.
document.addEventListener("DOMContentLoaded", () => {
  const id = (name) => document.getElementById(name);
  const source = id("graph-source"), cut = id("graph-cut"), says = id("graph-says");
  if (!source) return;
  const arrows = [...document.querySelectorAll(".canvas .arrow")].map((node) => ({
    node, from: node.dataset.from.split("\n"), to: node.dataset.to,
    gone: () => cut.checked && node.classList.contains("is-cut"),
  }));
  const boxes = [...document.querySelectorAll(".canvas .box")];
  const everywhere = () => new Set(boxes.map((box) => box.dataset.actor));
  const reach = (start) => {
    const known = new Set([start]);
    if (start.startsWith("account:")) known.add("anyone");
    for (let grown = true; grown;) {
      grown = false;
      for (const arrow of arrows) {
        if (known.has(arrow.to) || arrow.gone() || !arrow.from.every((one) => known.has(one))) continue;
        if (arrow.from.length === 1 && arrow.from[0] === "account:root") continue;
        known.add(arrow.to);
        grown = true;
      }
    }
    return known;
  };
  const apply = () => {
    const known = source.value ? reach(source.value) : everywhere();
    let open = 0;
    for (const arrow of arrows) {
      const here = !arrow.gone() && arrow.from.every((one) => known.has(one));
      arrow.node.classList.toggle("faded", !here);
      open += here && arrow.to === "account:root" && !arrow.node.classList.contains("natural");
    }
    for (const box of boxes) box.classList.toggle("faded", !known.has(box.dataset.actor));
    says.textContent = open ? open + (open === 1 ? " arrow leads to root" : " arrows lead to root") : "no arrow leads to root";
  };
  for (const arrow of arrows) {
    arrow.node.addEventListener("click", () => {
      for (const one of document.querySelectorAll(".chosen")) one.classList.remove("chosen");
      arrow.node.classList.add("chosen");
      id("edge-" + arrow.node.dataset.edge).classList.add("chosen");
    });
  }
  source.addEventListener("change", apply);
  cut.addEventListener("change", apply);
  document.querySelector(".graph .tools").hidden = false;
  apply();
});

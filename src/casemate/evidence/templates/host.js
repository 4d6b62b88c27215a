"use strict";
// Shows the ways of one source in the privilege graph, and what is left of them with the cut made. Reads the page, writes no HTML.
document.addEventListener("DOMContentLoaded", () => {
  const id = (name) => document.getElementById(name);
  const source = id("graph-source"), cut = id("graph-cut"), says = id("graph-says");
  if (!source) return;
  const edges = [...document.querySelectorAll(".edges > li")].map((item) => ({
    item, from: item.dataset.from.split("\n"), to: item.dataset.to, cut: !!item.dataset.cut, natural: !!item.dataset.natural,
  }));
  const lines = [...document.querySelectorAll(".canvas .line")].map((node) => ({
    node, edges: node.dataset.edges.split(" ").map((number) => edges[number - 1]),
  }));
  const boxes = [...document.querySelectorAll(".canvas .box")];
  const numberOf = (box) => box.closest("a") ? Number(box.closest("a").getAttribute("href").slice("#edge-".length)) : 0;
  const open = (edge) => !(cut.checked && edge.cut);
  const reach = (start) => {
    const known = new Set([start]);
    if (start.startsWith("account:")) known.add("anyone");
    for (let grown = true; grown;) {
      grown = false;
      for (const edge of edges) {
        if (known.has(edge.to) || !open(edge) || edge.from.includes("account:root")) continue;
        if (!edge.from.every((one) => known.has(one))) continue;
        known.add(edge.to);
        grown = true;
      }
    }
    return known;
  };
  const apply = () => {
    const known = source.value && reach(source.value);
    const live = new Set(edges.filter((edge) => open(edge) && (!known || edge.from.every((one) => known.has(one)))));
    for (const line of lines) line.node.classList.toggle("faded", !line.edges.some((edge) => live.has(edge)));
    for (const edge of edges) edge.item.hidden = !live.has(edge);
    const touched = new Set(lines.filter((line) => line.edges.some((edge) => live.has(edge))).flatMap((line) => line.edges));
    for (const box of boxes) {
      const number = numberOf(box);
      const here = number ? touched.has(edges[number - 1]) : !known || known.has(box.dataset.actor);
      box.classList.toggle("faded", !here);
    }
    const ways = [...live].filter((edge) => edge.to === "account:root" && !edge.natural).length;
    says.textContent = ways === 0 ? "none leads to root" : ways === 1 ? "1 edge leads to root" : ways + " edges lead to root";
  };
  for (const box of boxes) {
    const link = box.closest("a");
    if (!link) continue;
    link.addEventListener("click", () => {
      for (const one of document.querySelectorAll(".chosen")) one.classList.remove("chosen");
      const edge = edges[numberOf(box) - 1];
      edge.item.classList.add("chosen");
      for (const line of lines) line.node.classList.toggle("chosen", line.edges.includes(edge));
    });
  }
  source.addEventListener("change", apply);
  cut.addEventListener("change", apply);
  document.querySelector(".graph .tools").hidden = false;
  apply();
});

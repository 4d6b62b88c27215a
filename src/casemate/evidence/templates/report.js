"use strict";
// Opens and closes findings, filters and searches them. Reads the page and nothing else; writes no HTML.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  const id = (name) => document.getElementById(name);
  const findings = [...document.querySelectorAll(".finding")];
  const selects = [...document.querySelectorAll("select[data-key]")];
  const checks = [...document.querySelectorAll("input[data-list]")];
  const search = id("search"), status = id("status");
  const texts = new Map();

  const text = (finding) => {
    if (!texts.has(finding)) texts.set(finding, finding.textContent.toLowerCase());
    return texts.get(finding);
  };
  const set = (finding, open) => {
    finding.classList.toggle("open", open);
    finding.querySelector("button").setAttribute("aria-expanded", String(open));
  };
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = selects.filter((one) => one.value).map((one) => [one.dataset.key, one.value]);
    for (const check of checks) {
      const list = id("list-" + check.dataset.list);
      if (list) list.hidden = !check.checked;
    }
    let shown = 0, all = 0;
    for (const finding of findings) {
      const match = chosen.every(([key, value]) => finding.dataset[key] === value)
        && words.every((word) => text(finding).includes(word));
      finding.hidden = !match;
      if (finding.closest(".list").hidden) continue;
      all += 1;
      shown += match;
    }
    status.textContent = "Showing " + shown.toLocaleString("en") + " of " + all.toLocaleString("en")
      + (all === 1 ? " finding" : " findings");
    id("no-match").hidden = shown > 0 || all === 0;
  };
  const visible = () => findings.filter((one) => !one.hidden && !one.closest(".list").hidden);
  const follow = () => {
    const target = location.hash.startsWith("#f-") && id(location.hash.slice(1));
    if (!target) return;
    const check = checks.find((one) => "list-" + one.dataset.list === target.closest(".list").id);
    if (check) check.checked = true;
    reset(true);
    set(target, true);
    target.scrollIntoView();
  };
  const reset = (keep) => {
    search.value = "";
    for (const one of selects) one.value = "";
    if (!keep) for (const one of checks) one.checked = false;
    apply();
  };

  for (const finding of findings) set(finding, false);
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".finding h3 button");
    if (button) set(button.closest(".finding"), button.getAttribute("aria-expanded") === "false");
  });
  search.addEventListener("input", apply);
  for (const one of [...selects, ...checks]) one.addEventListener("change", apply);
  id("open-all").addEventListener("click", () => visible().forEach((one) => set(one, true)));
  id("close-all").addEventListener("click", () => findings.forEach((one) => set(one, false)));
  id("reset").addEventListener("click", () => reset(false));
  id("show-filters").addEventListener("click", (event) => {
    const open = id("filters").classList.toggle("open");
    event.currentTarget.setAttribute("aria-expanded", String(open));
  });
  id("filters").addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", follow);
  id("filters").hidden = false;
  apply();
  follow();
});

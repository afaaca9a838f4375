
"use strict";
const FIRST = 200, later = window.requestIdleCallback ?? ((act) => setTimeout(act, 16));
const table = document.querySelector("table"), body = table.tBodies[0], form = document.forms[0];
const heads = [...table.tHead.rows[0].cells], order = new Intl.Collator("zh-CN").compare;
const at = Object.fromEntries(heads.map((head, place) => [head.dataset.name, place]));
const rows = [...body.rows].map((row) => {
  const cells = [...row.cells].map((cell) => cell.textContent.trim());
  const keys = [...row.cells].map((cell, place) => parseFloat(cell.dataset.key ?? cells[place]));
  return { row, cells, keys, words: cells.join(" ").toLowerCase(), province: cells[at.province],
    prefecture: `${cells[at.province]}/${cells[at.prefecture]}`,
    conclusion: cells[at.conclusion], failed: cells[at.failed].split(" ") };
});
const tiles = [...document.querySelectorAll(".tiles li")].map((tile) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...tile.childNodes);
  tile.append(button);
  tile.className = "live";
  button.onclick = () => {
    form.province.value = form.province.value === tile.dataset.province ? "" : tile.dataset.province;
    narrow();
  };
  return button;
});
// Some rows at once, the rest in turns: a nation laid out in one go would keep the page from answering.
let showing = 0;
function show() {
  const mine = ++showing, kept = rows.filter((one) => one.kept);
  for (const one of rows) one.row.hidden = true;
  const more = (from) => {
    if (mine !== showing) return;
    for (const one of kept.slice(from, from + FIRST)) one.row.hidden = false;
    if (from + FIRST < kept.length) later(() => more(from + FIRST));
  };
  more(0);
}
window.onbeforeprint = () => { showing++; for (const one of rows) one.row.hidden = !one.kept; };
function narrow() {
  const province = form.province.value, words = form.words.value.toLowerCase().split(/\s+/);
  for (const option of form.prefecture.options) {
    option.hidden = option.disabled = !!(province && option.value && option.dataset.province !== province);
    if (option.selected && option.hidden) form.prefecture.value = "";
  }
  const wanted = ["province", "prefecture", "conclusion"].filter((name) => form[name].value);
  let found = 0;
  for (const one of rows) {
    one.kept = words.every((word) => one.words.includes(word))
      && wanted.every((name) => one[name] === form[name].value)
      && (!form.failed.value || one.failed.includes(form.failed.value));
    found += one.kept;
  }
  show();
  for (const tile of tiles) tile.setAttribute("aria-pressed", province !== "" && tile.parentNode.dataset.province === province);
  document.getElementById("found").textContent = `符合 ${found} 个县，共 ${rows.length} 个县`;
}
for (const head of heads.filter((head) => head.dataset.name)) {
  const button = document.createElement("button"), place = heads.indexOf(head);
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.onclick = () => {
    const down = head.ariaSort === "ascending" ? -1 : 1;
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down > 0 ? "ascending" : "descending");
    const key = head.dataset.kind ? (one) => one.keys[place] : (one) => one.cells[place];
    const missing = (value) => value === "" || value === "—" || Number.isNaN(value);
    rows.sort((one, other) => {
      const a = key(one), b = key(other);
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      return down * (head.dataset.kind ? a - b : order(a, b));
    });
    body.append(...rows.map((one) => one.row));
    show();
  };
}
form.hidden = false;
form.oninput = narrow;
form.onreset = () => setTimeout(narrow);
form.onsubmit = () => false;
narrow();

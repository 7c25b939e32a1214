"use strict";
// Steps through the schedule. What it shows is put in as text, never as HTML.
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll("#schedule tbody tr")];
const accesses = [...document.querySelectorAll("#schedule [data-step]")];
const figures = [...document.querySelectorAll("#source figure")];
let current = 1;
let file = 0;

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = kind;
  return made;
}

// Scrolls a box, and nothing around it, so that what is shown in it is in sight.
function reveal(box, inside) {
  const outer = box.getBoundingClientRect();
  const inner = inside.getBoundingClientRect();
  if (inner.top < outer.top + 40 || inner.bottom > outer.bottom - 20) {
    box.scrollTop += inner.top - outer.top - (box.clientHeight - inner.height) / 2;
  }
  if (inner.left < outer.left || inner.right > outer.right) {
    box.scrollLeft += inner.left - outer.left - 16;
  }
}

function showSource(step) {
  for (const line of document.querySelectorAll(".line.now")) line.classList.remove("now");
  for (const marks of document.querySelectorAll(".marks")) marks.replaceChildren();
  step.positions.forEach((position, thread) => {
    const marks = position && lineAt(position).querySelector(".marks");
    if (marks) marks.append(element("b", "\u25c0 " + data.threads[thread], data.colours[thread]));
  });
  if (step.position) file = step.position[0];
  figures.forEach((figure, number) => (figure.hidden = number !== file));
  if (!step.position) return;
  const line = lineAt(step.position);
  line.classList.add("now");
  reveal(line.parentElement, line);
}

function lineAt([where, number]) {
  return figures[where].querySelector(`[data-line="${number}"]`);
}

function showExplanations(step, before) {
  const gone = step.ways === 0;
  const shown = gone && before ? before : step;
  at("ways").textContent = gone
    ? "The contract has no explanation left." + (before ? " These were left before this step:" : "")
    : step.ways === 1 ? "The contract explains the run in one way:" : `The contract explains the run in ${step.ways} ways:`;
  at("ways").className = gone ? "violated" : "";
  at("explanations").className = gone ? "gone" : "";
  at("explanations").tBodies[0].replaceChildren(...shown.explanations.map((words) => {
    const row = document.createElement("tr");
    row.append(...words.map((word) => element("td", word)));
    return row;
  }));
  const more = shown.ways - shown.explanations.length;
  at("more").textContent = more > 0 ? `and ${more} more` : "";
}

function show(number) {
  current = Math.min(Math.max(number, 1), data.steps.length);
  const step = data.steps[current - 1];
  at("slider").value = current;
  at("first").disabled = at("back").disabled = current === 1;
  at("last").disabled = at("forward").disabled = current === data.steps.length;
  at("status").textContent = `Step ${current} of ${data.steps.length}: ${step.says}`;
  if (at("word")) {
    at("counter").textContent = step.word ? step.word[0] : "?";
    at("waiters").textContent = step.word ? step.word[1] : "?";
  }
  for (const row of rows) {
    const now = row.dataset.first <= current && current <= row.dataset.last;
    row.classList.toggle("now", now);
    if (now) reveal(at("schedule-box"), row.querySelector(".thread"));
  }
  for (const access of accesses) {
    const now = Number(access.dataset.step) === current;
    access.classList.toggle("now", now);
    if (now) access.setAttribute("aria-current", "step");
    else access.removeAttribute("aria-current");
  }
  showSource(step);
  showExplanations(step, data.steps[current - 2]);
}

at("first").addEventListener("click", () => show(1));
at("back").addEventListener("click", () => show(current - 1));
at("forward").addEventListener("click", () => show(current + 1));
at("last").addEventListener("click", () => show(data.steps.length));
at("slider").addEventListener("input", () => show(Number(at("slider").value)));
for (const access of accesses) access.addEventListener("click", () => show(Number(access.dataset.step)));
document.addEventListener("keydown", (event) => {
  const where = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 1, End: data.steps.length }[event.key];
  if (where === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(where);
});
show(1);

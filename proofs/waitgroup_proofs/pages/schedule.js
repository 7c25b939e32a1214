// Steps through the schedule of real code.
const data = JSON.parse(at("data").textContent);
const rows = [...document.querySelectorAll("#schedule tbody tr")];
const accesses = [...document.querySelectorAll("#schedule [data-step]")];
const figures = [...document.querySelectorAll("#source figure")];
let file = 0;

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
  const step = data.steps[number - 1];
  if (at("word")) {
    at("counter").textContent = step.word ? step.word[0] : "?";
    at("waiters").textContent = step.word ? step.word[1] : "?";
  }
  for (const row of rows) {
    const now = row.dataset.first <= number && number <= row.dataset.last;
    row.classList.toggle("now", now);
    if (now) reveal(at("schedule-box"), row.querySelector(".thread"));
  }
  for (const access of accesses) {
    const now = Number(access.dataset.step) === number;
    access.classList.toggle("now", now);
    if (now) access.setAttribute("aria-current", "step");
    else access.removeAttribute("aria-current");
  }
  showSource(step);
  showExplanations(step, data.steps[number - 2]);
  return step.says;
}

const go = stepper(data.steps.length, show);
for (const access of accesses) access.addEventListener("click", () => go(Number(access.dataset.step)));
go(1);

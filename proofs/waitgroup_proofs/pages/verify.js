// Steps through the counterexamples, one of which is shown at a time; the tabs choose which.
const data = JSON.parse(at("data").textContent);
const tabs = [...document.querySelectorAll("#runs [role=tab]")];

data.runs.forEach((run, number) => {
  const panel = at(`run-${number}`);
  const rows = [...panel.querySelectorAll("tbody tr")];
  const go = stepper(run.steps.length, (step) => {
    const before = step > 1 ? run.steps[step - 2] : run.start;
    const now = run.steps[step - 1];
    rows.forEach((row, place) => row.classList.toggle("now", place === step));
    reveal(panel.querySelector(".box"), rows[step]);
    drawShared(panel.querySelector(".shared"), now.shared, before.shared);
    return `${run.threads[now.thread]}, ${now.action}. ${now.sentence}`;
  }, panel, `r${number}-`);
  rows.forEach((row, place) => row.addEventListener("click", () => go(place)));
  go(1);
});

function choose(number) {
  tabs.forEach((tab, place) => {
    tab.setAttribute("aria-selected", String(place === number));
    tab.tabIndex = place === number ? 0 : -1;
    at(`run-${place}`).hidden = place !== number;
  });
}

tabs.forEach((tab, number) => {
  tab.addEventListener("click", () => choose(number));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (number + step + tabs.length) % tabs.length;
    choose(next);
    tabs[next].focus();
  });
});
if (tabs.length) choose(0);

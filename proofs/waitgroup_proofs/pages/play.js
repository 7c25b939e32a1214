// Plays on boards: states, steps and what is broken where are data; only the way to the goal is searched here.
const data = JSON.parse(at("data").textContent);
const STORE = "waitgroup-play";
let level = null; // the level that is played, or null in free play
let board = null;
let path = []; // of [thread, action, state]: what was done, also what was taken back
let done = 0; // so many steps of the path are in force
let hinted = null;
let seen = new Set();
let farness = null; // for each state, the steps to the nearest violation of the goal
let best = stored();

// Progress is a convenience: where nothing can be stored, all goes on without.
function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) || {};
  } catch {
    return {};
  }
}

function store() {
  try {
    localStorage.setItem(STORE, JSON.stringify(best));
  } catch {
    // Nothing is remembered.
  }
}

const here = () => (done ? path[done - 1][2] : 0);
const broken = (state) => board.broken[state] || [];
const won = (state) => level !== null && broken(state).includes(0);

// The steps from a state, as [thread, action, next state].
function steps(state) {
  const flat = board.steps[state];
  const found = [];
  for (let i = 0; i < flat.length; i += 3) found.push([flat[i] - 1, flat[i + 1], flat[i + 2]]);
  return found;
}

// A won level is over: what comes afterwards is of no interest.
const choices = () => (won(here()) ? [] : steps(here()));

// From every violation of the goal backwards, breadth first.
function distances() {
  const far = new Array(board.states.length).fill(Infinity);
  const before = board.states.map(() => []);
  board.states.forEach((_, state) => steps(state).forEach((step) => before[step[2]].push(state)));
  const queue = Object.keys(board.broken).map(Number).filter((state) => won(state));
  for (const state of queue) far[state] = 0;
  for (const state of queue) {
    for (const earlier of before[state]) {
      if (far[earlier] === Infinity) {
        far[earlier] = far[state] + 1;
        queue.push(earlier);
      }
    }
  }
  return far;
}

function fields(state) {
  return board.shared[board.states[state][0]].map((value, number) =>
    Array.isArray(value) ? { name: board.fields[number], word: value } : { name: board.fields[number], value });
}

const local = (state, thread) => board.locals[board.states[state][thread + 1]];

function take(step) {
  path = [...path.slice(0, done), step];
  go(path.length);
}

function go(count) {
  done = Math.min(Math.max(count, 0), path.length);
  hinted = null;
  seen.add(here());
  if (level && (won(here()) || (level.par === null && !choices().length))) remember();
  show();
}

function remember() {
  const before = best[level.name];
  if (level.par === null) best[level.name] = "seen";
  else if (before === undefined || before > done) best[level.name] = done;
  store();
}

const counted = (number) => `${number} step${number === 1 ? "" : "s"}`;

function hint() {
  if (!level || level.par === null || won(here())) return;
  hinted = choices().find((step) => farness[step[2]] < farness[here()]) || null;
  show();
  if (!hinted) {
    say("lost", ["From here nobody can win any more: go back."]);
    return;
  }
  const [thread, action] = hinted;
  say("", [`${counted(farness[here()])} to the goal. The next one: ${board.threads[thread].name}, ${board.actions[action].name}.`]);
}

function say(kind, lines, verdict = "") {
  at("said").className = kind;
  at("said").replaceChildren(...lines.map((line, number) => {
    const said = element("p", "");
    if (!number && verdict) said.append(element("span", verdict, `verdict ${kind === "won" ? "holds" : ""}`), " ");
    said.append(line);
    return said;
  }));
}

function told() {
  const state = here();
  const last = done ? path[done - 1] : null;
  const action = last && board.actions[last[1]];
  const line = last ? `${board.threads[last[0]].name}, ${action.name}. ${action.sentence}` : "Nothing has happened yet. Pick a step.";
  const outcome = board.outcomes[state];
  if (won(state)) {
    const steps = `in ${done} steps; par is ${level.par}.`;
    const better = done > level.par ? " There is a shorter schedule." : " No schedule is shorter.";
    say("won", [steps + better, line, level.broken], "Broken");
    return;
  }
  const others = broken(state);
  const lines = [line, ...others.map((number) => `Violated: ${board.properties[number].sentence}`)];
  if (outcome === undefined) {
    say("", lines);
    return;
  }
  lines.push(`The run ends: ${outcome}.`);
  if (level && level.par === null) {
    const { id, sentence, kind, bound } = level.claim;
    const all = `The goal holds in each of the ${board.states.length} states of this program; you have seen ${seen.size}.`;
    say("won", [all, `Claim ${id}, ${kind} (${bound}): ${sentence}`, ...lines], "Nobody can win.");
    return;
  }
  if (level) lines.push("The goal is not reached: go back, or restart.");
  say("lost", lines);
}

// Whether no thread takes another step, ever: somebody has panicked.
const halted = (state) => board.halted.includes(board.states[state][0]);
const able = (state, thread) => steps(state).some((step) => step[0] === thread);

// Whether a thread waits for what another one must do: it stands before an action that it cannot take.
function blocked(state, thread) {
  const now = local(state, thread);
  return now.started && !now.over && !able(state, thread) && !halted(state);
}

function standing(state, thread) {
  const now = local(state, thread);
  if (now.over) return now.stands;
  if (!now.started) return able(state, thread) ? "may start" : "not started";
  return halted(state) ? "stopped" : blocked(state, thread) ? `blocked: ${now.stands}` : now.stands;
}

function calls(thread, now) {
  const shown = element("div", "", "calls");
  board.threads[thread].calls.forEach((call, number) => {
    const present = number === now.call && !now.over;
    shown.append(number ? " " : "", element("span", call, number < now.call ? "past" : present ? "present" : "future"));
  });
  return shown;
}

// A line that is too long goes on further to the right than it begins.
function codeLine(text) {
  const line = element("span", text.trimStart() || " ");
  line.style.paddingLeft = `${text.length - text.trimStart().length + 2}ch`;
  return line;
}

function card(thread, numbered) {
  const state = here();
  const now = local(state, thread);
  const mine = numbered.filter(([, step]) => step[0] === thread);
  const waits = blocked(state, thread);
  const shown = element("article", "", `card ${board.threads[thread].colour}${now.over ? " over" : waits ? " parked" : ""}`);
  const head = element("h4", board.threads[thread].name);
  head.append(element("small", standing(state, thread)));
  shown.append(head, calls(thread, now));
  if (now.locals.length) shown.append(element("div", now.locals.map((pair) => pair.join(": ")).join(" · "), "locals"));
  for (const [number, step] of mine) {
    const button = element("button", "", "step");
    const action = board.actions[step[1]];
    button.type = "button";
    button.title = action.sentence;
    button.append(element("kbd", number < 10 ? String(number) : ""), element("span", action.name));
    button.setAttribute("aria-label", `${board.threads[thread].name}: ${action.name}. ${action.sentence}`);
    button.dataset.number = number;
    if (hinted && hinted[0] === step[0] && hinted[1] === step[1]) button.classList.add("hinted");
    button.addEventListener("click", () => take(step));
    shown.append(button);
  }
  if (mine.length === 1) shown.append(element("p", board.actions[mine[0][1][1]].sentence));
  const code = now.actions.map((action) => data.sources[board.actions[action].source]).join("\n\n");
  if (code && (now.started || mine.length)) {
    const box = element("pre", "");
    box.append(...code.split("\n").map(codeLine));
    box.tabIndex = 0;
    box.setAttribute("aria-label", `What ${board.threads[thread].name} does next`);
    shown.append(box);
  }
  return shown;
}

function showProperties(state) {
  const ended = board.outcomes[state] !== undefined;
  at("properties").replaceChildren(...board.properties.map(({ sentence, ending }, number) => {
    const bad = broken(state).includes(number);
    const open = ending && !ended;
    const shown = element("li", "", level && number === 0 ? "goal" : "");
    const mark = element("span", bad ? "\u2717" : open ? "\u2026" : "\u2713", `mark ${bad ? "violated" : open ? "" : "holds"}`);
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", bad ? "violated:" : open ? "asked when the run ends:" : "holds:");
    shown.append(mark, sentence);
    return shown;
  }));
}

function showSchedule() {
  at("schedule").replaceChildren(...path.map(([thread, action], number) => {
    const item = element("li", "", number < done ? "" : "undone");
    const { name, colour } = board.threads[thread];
    const button = element("button", "");
    button.type = "button";
    button.append(element("b", name, colour), " ", element("code", board.actions[action].name));
    button.addEventListener("click", () => go(number + 1));
    if (number === done - 1) item.setAttribute("aria-current", "step");
    item.append(button);
    return item;
  }));
}

function showLevels() {
  const reached = data.levels.filter(({ name }) => best[name] !== undefined).length;
  at("progress").textContent = `${reached} of ${data.levels.length}`;
  for (const { name, par } of data.levels) {
    const mark = document.querySelector(`[data-best="${name}"]`);
    const mine = best[name];
    const right = par === null ? "\u221e" : `par ${par}`;
    mark.textContent = mine === undefined ? right : par === null ? "\u221e \u2713" : `${mine} / ${right}`;
    mark.classList.toggle("par-reached", par === null ? mine !== undefined : mine <= par);
  }
}

// Draws everything anew; who was about to press a button of a thread is left at one.
function show() {
  const state = here();
  const focus = document.activeElement;
  const focused = focus && focus.closest && focus.closest("#threads .card");
  const place = focused ? [...at("threads").children].indexOf(focused) : -1;
  const numbered = choices().map((step, number) => [number + 1, step]);
  at("undo").disabled = done === 0;
  at("redo").disabled = done === path.length;
  at("restart").disabled = path.length === 0;
  at("hint").disabled = !level || level.par === null || won(state);
  at("count").textContent = `${counted(done)}${level && level.par !== null ? `, par ${level.par}` : ""}`;
  drawShared(at("shared"), fields(state), done ? fields(done > 1 ? path[done - 2][2] : 0) : undefined);
  const parked = board.threads.filter((_, thread) => blocked(state, thread));
  at("parked").replaceChildren(parked.length ? "Blocked: " : "Nobody is blocked.", ...parked.map(({ name, colour }) => element("b", name, colour)));
  at("threads").replaceChildren(...board.threads.map((_, thread) => card(thread, numbered)));
  showProperties(state);
  showSchedule();
  showLevels();
  told();
  if (place >= 0) {
    const button = at("threads").children[place].querySelector("button") || at("threads").querySelector("button") || at("undo");
    button.focus({ preventScroll: true });
  }
}

function play(chosen, title, story) {
  board = chosen;
  path = [];
  seen = new Set();
  farness = level ? distances() : null;
  at("title").textContent = title;
  at("story").textContent = story;
  at("goal").replaceChildren();
  if (level) at("goal").append(element("b", "Make this false: "), board.properties[0].sentence);
  const calls = board.threads.map(({ name, calls }) => `${name}: ${calls.join("; ")}`).join(". ");
  at("program").textContent = `${board.protocol}, ${board.scenario} (${board.program}). ${board.units || "Nothing"} outstanding at first. ${calls}.`;
  go(0);
}

function route() {
  const name = decodeURIComponent(location.hash.slice(1));
  const number = data.levels.findIndex((one) => one.name === name);
  const free = name === "free";
  level = free ? null : data.levels[Math.max(number, 0)];
  at("choice").hidden = !free;
  at("next").disabled = free;
  for (const link of document.querySelectorAll("[data-level]")) {
    if (link.dataset.level === (free ? "free" : level.name)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (free) chooseFree();
  else play(level.board, `${data.levels.indexOf(level) + 1}. ${level.title}`, level.story);
}

function fill(select, values) {
  const kept = select.value;
  select.replaceChildren(...values.map((value) => new Option(value, value)));
  if (values.includes(kept)) select.value = kept;
}

// The three lists say what there is: a program that Go has no call for is not offered.
function chooseFree() {
  const some = (key, among) => [...new Set(among.map((one) => one[key]))];
  fill(at("protocol"), some("protocol", data.free));
  const ofProtocol = data.free.filter((one) => one.protocol === at("protocol").value);
  fill(at("scenario"), some("scenario", ofProtocol));
  const ofScenario = ofProtocol.filter((one) => one.scenario === at("scenario").value);
  fill(at("size"), some("size", ofScenario));
  const chosen = ofScenario.find((one) => one.size === at("size").value);
  play(chosen, "Free play", `${chosen.states.length} states can be reached.`);
}

function next() {
  if (level) location.hash = (data.levels[data.levels.indexOf(level) + 1] || { name: "free" }).name;
}

at("undo").addEventListener("click", () => go(done - 1));
at("redo").addEventListener("click", () => go(done + 1));
at("restart").addEventListener("click", () => {
  path = [];
  go(0);
});
at("hint").addEventListener("click", hint);
at("next").addEventListener("click", next);
for (const name of ["protocol", "scenario", "size"]) at(name).addEventListener("change", chooseFree);
addEventListener("hashchange", route);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.target instanceof HTMLSelectElement) return;
  const step = choices()[Number(event.key) - 1];
  const keys = { ArrowLeft: () => go(done - 1), ArrowRight: () => go(done + 1), r: () => at("restart").click(), h: hint, n: next };
  const act = step && event.key >= "1" && event.key <= "9" ? () => take(step) : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
if (matchMedia("(max-width: 63.99rem)").matches) document.querySelector("#levels details").open = false;
route();

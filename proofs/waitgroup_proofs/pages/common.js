"use strict";
// What the pages share. What they show is put in as text, never as HTML.
const at = (id) => document.getElementById(id);

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

// The buttons, the slider and the keys of stepper.html step from 1 to `count`; `show(number)` shows a step. The keys are
// those that are pressed inside `root`.
function stepper(count, show, root = document, prefix = "") {
  const part = (name) => at(prefix + name);
  let current = 1;
  function go(number) {
    current = Math.min(Math.max(number, 1), count);
    part("slider").value = current;
    part("first").disabled = part("back").disabled = current === 1;
    part("last").disabled = part("forward").disabled = current === count;
    part("status").textContent = `Step ${current} of ${count}: ${show(current)}`;
  }
  part("first").addEventListener("click", () => go(1));
  part("back").addEventListener("click", () => go(current - 1));
  part("forward").addEventListener("click", () => go(current + 1));
  part("last").addEventListener("click", () => go(count));
  part("slider").addEventListener("input", () => go(Number(part("slider").value)));
  root.addEventListener("keydown", (event) => {
    const where = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 1, End: count }[event.key];
    if (where === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(where);
  });
  return go;
}

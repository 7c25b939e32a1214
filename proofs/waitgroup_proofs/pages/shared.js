// Draws the shared state of a protocol: any fields by their names, and Go's packed word bit by bit.
const WORD = [["counter", 32], ["bubble", 1], ["waiters", 31]];

function bits(value, width) {
  const all = (width === 32 ? value >>> 0 : value).toString(2).padStart(width, "0");
  const groups = [...all].map((bit, place) => (place && (width - place) % 8 === 0 ? " " : "") + bit).join("");
  const lead = groups.search("1");
  const shown = element("code", "", "bits");
  shown.append(element("span", lead < 0 ? groups : groups.slice(0, lead), "zeros"), lead < 0 ? "" : groups.slice(lead));
  return shown;
}

// The 64 bits as sixteen digits, the counter apart from the flag and the waiters.
function hexadecimal([counter, bubble, waiters]) {
  const half = (value) => (value >>> 0).toString(16).padStart(8, "0");
  return `0x${half(counter)}_${half(bubble * 2 ** 31 + waiters)}`;
}

function drawWord(field, before) {
  const box = element("div", "", "packed");
  WORD.forEach(([name, width], number) => {
    const value = field.word[number];
    const part = element("div", "", before && before.word[number] !== value ? "changed" : "");
    part.append(element("b", String(value)), element("small", name), bits(value, width));
    box.append(part);
  });
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", `${field.name}: ` + WORD.map(([name], number) => `${name} ${field.word[number]}`).join(", "));
  const figure = element("figure", "");
  const caption = element("figcaption", `${field.name}, 64 bits: `);
  caption.append(element("code", hexadecimal(field.word)));
  figure.append(box, caption);
  return figure;
}

// `before` are the fields as they were; what has changed since is marked.
function drawShared(box, fields, before) {
  const rest = element("dl", "", "fields");
  const words = [];
  fields.forEach((field, number) => {
    const old = before && before[number];
    if (field.word) {
      words.push(drawWord(field, old));
      return;
    }
    const pair = element("div", "", old && old.value !== field.value ? "changed" : "");
    const value = element("dd", String(field.value));
    if (field.name === "permits" && field.value > 0 && field.value < 9) {
      const coins = element("span", " " + "\u25cf".repeat(field.value), "coins");
      coins.setAttribute("aria-hidden", "true");
      value.append(coins);
    }
    pair.append(element("dt", field.name), value);
    rest.append(pair);
  });
  box.replaceChildren(...words, rest);
}

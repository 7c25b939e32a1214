// The driver of the npm package @jpwilliams/waitgroup: `node driver.mjs DIRECTORY`, where DIRECTORY is the one that it is
// installed into. The protocol is in docs/driver-protocol.md.
//
// JavaScript has one thread, so a thread of the protocol is an asynchronous function: it makes its calls at once up to
// a wait, whose promise it awaits. There is no timed wait: a race against a timer would end the race, not the wait.

import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const PACKAGE = "@jpwilliams/waitgroup";
const installed = createRequire(resolve(process.argv[2], "driver.mjs"));
const { WaitGroup } = installed(PACKAGE);
const { version } = installed(`${PACKAGE}/package.json`);

/** A group, the calls that its threads are to make, and what they have given. */
class Group {
  constructor(units) {
    this.group = new WaitGroup();
    this.group.add(units);
    this.calls = new Map();
    this.results = new Map();
  }

  call(request) {
    const calls = this.calls.get(request.thread) ?? [];
    this.calls.set(request.thread, [...calls, request]);
  }

  start() {
    for (const [name, calls] of this.calls) {
      if (this.results.has(name)) continue;
      const results = [];
      this.results.set(name, results);
      this.run(calls, results);
    }
  }

  async run(calls, results) {
    for (const request of calls) {
      try {
        if (request.call === "add") this.group.add(request.delta);
        else if (request.call === "done") this.group.done();
        else await this.group.wait();
        results.push("returned");
      } catch (error) {
        results.push(/negative/i.test(String(error)) ? "raised negative" : "raised");
      }
    }
  }
}

// A number of JavaScript is exact up to this one only, and no request with a larger one would arrive as it was sent.
const bound = Number.MAX_SAFE_INTEGER;
const calls = ["add", "done", "wait"];
const observes = ["counter", "waiters"];
const hello = { name: PACKAGE, version, calls, observes, largest: bound, widest: bound };

let group = new Group(0);
const answers = {
  hello: () => hello,
  create: (request) => void (group = new Group(request.units)),
  call: (request) => group.call(request),
  start: () => group.start(),
  poll: () => ({ results: Object.fromEntries(group.results) }),
  // TypeScript calls these two private, JavaScript does not.
  observe: () => ({ counter: group.group.current, waiters: group.group.queued.length }),
  bye: () => undefined,
};

/** What to say to a request. */
function answer(request) {
  try {
    return answers[request.do](request) ?? { ok: true };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answer(request))}\n`);
  if (request.do === "bye") break;
}
// Or it would not end before its input does.
process.stdin.destroy();

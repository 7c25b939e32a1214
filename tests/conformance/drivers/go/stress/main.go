// Plays one client program on Go's sync.WaitGroup as often as SECONDS allow, and counts what comes of it.
//
//	stress SCENARIO SECONDS
//
// An outcome says what the calls of each thread gave. A try that seems blocked is told only at the end: it may be slow.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"waitgroup/conformance/internal/group"
)

// A call is the delta of an Add, or wait, which is a delta that no case has.
const wait = math.MinInt + 1

// grace is how long nothing may happen for the rest of a try to be taken for blocked, and looked at again at the end.
const grace = 5 * time.Millisecond

// spins is the longest pause before a thread's first call; half of them make none. It spreads who starts together.
const spins = 32

type thread struct {
	name  string
	calls []int
	after bool // starts as the first call of the thread listed before it has ended
}

// program has turns of threads that start together, each turn when the one before is quiescent.
type program struct {
	name     string // of the case, where a scenario has several
	units    int
	turns    [][]thread
	returned bool // a turn starts only if all of the one before has returned
	worded   bool // the outcome tells the word
}

func one(name string, calls ...int) thread { return thread{name: name, calls: calls} }

// inTurn is a program of one call a turn, as the tables of bounds are: `thread 1`, `thread 2`, ...
func inTurn(name string, calls ...int) program {
	p := program{name: name, worded: true}
	for i, call := range calls {
		p.turns = append(p.turns, []thread{one(fmt.Sprint("thread ", i+1), call)})
	}
	return p
}

// zeroDelta is Add(0), so many times, beside the last Done; then the next generation.
func zeroDelta(zeros int) []program {
	return []program{{units: 1, returned: true, turns: [][]thread{
		{one("worker", -1), one("waiter", wait), one("extra", make([]int, zeros)...)},
		{one("owner", 1, -1), {name: "late waiter", calls: []int{wait}, after: true}},
	}}}
}

func together(threads ...thread) []program { return []program{{units: 1, turns: [][]thread{threads}}} }

const largest, cut = math.MaxInt32, 1 << 32

// scenarios are the programs of the cases of the kit, with the names that their threads have there.
var scenarios = map[string][]program{
	"misuse-2": together(one("thread 1", -1), one("thread 2", 1, -1), one("thread 3", wait)),
	"misuse-3": together(one("thread 1", -1), one("thread 2", wait, 1, -1), one("thread 3", wait)),
	"f1":       together(one("waiter", wait), one("worker", -1), one("adder", 1, -1)),
	"f2":       zeroDelta(1), "f2-spinning": zeroDelta(8),
	"f3": {{units: 1, worded: true, turns: [][]thread{{one("waiter", wait)}, {one("taker", -2)}}}},
	"overflow": {
		inTurn("one-too-many", largest, 1), inTurn("one-too-many-at-once", largest+1),
		inTurn("one-too-many-under-a-waiter", 1, wait, largest, -1),
		inTurn("too-many-and-used-on", largest, 2, -largest, wait), inTurn("twice-the-largest", largest, largest, 2),
	},
	"truncation": {
		inTurn("a-word-of-32-bits", cut), inTurn("a-word-and-one", cut+1), inTurn("a-word-and-one-and-done", cut+1, -1),
		inTurn("a-word-and-the-largest", cut+largest), inTurn("less-than-a-word-and-three", 3-cut),
		inTurn("less-a-word", 1, -cut), inTurn("less-a-word-and-one", 1, wait, -cut-1),
		inTurn("less-than-the-lowest", -1<<31-1), inTurn("the-largest-of-64-bits", math.MaxInt64),
		inTurn("the-lowest-of-64-bits", math.MinInt64),
	},
}

// run is a thread in a try. `ended` counts its results: it publishes them to who looks while the thread is blocked.
type run struct {
	thread
	held    bool // waits in the first turn for the waiters that are not
	results []string
	ended   atomic.Int32
}

type try struct {
	wg      sync.WaitGroup
	program *program
	runs    []*run
	turn    int           // the next one
	parks   uint32        // the waiters that are to park before those who are held go on
	parked  atomic.Bool   // they have
	left    atomic.Int32  // the threads that have started and not ended
	quiet   chan struct{} // tells that perhaps all have
}

func begin(p *program) *try {
	t := try{program: p, quiet: make(chan struct{}, len(p.turns))}
	t.wg.Add(p.units)
	return &t
}

// start starts the threads of the next turn; each spins until all are there. In the first one some waiters, by chance,
// are let through, and the others are held until they are parked: few tries would come so far by themselves.
func (t *try) start() {
	threads, first, arrived := t.program.turns[t.turn], t.turn == 0, new(atomic.Int32)
	t.turn++
	t.left.Add(int32(len(threads)))
	for _, thread := range threads {
		r := &run{thread: thread, results: make([]string, len(thread.calls))}
		if r.held = thread.calls[0] != wait || rand.IntN(2) == 0; first && !r.held {
			t.parks++
		}
		t.runs = append(t.runs, r)
	}
	started := t.runs[len(t.runs)-len(threads):]
	for i, r := range started {
		go func() {
			arrived.Add(1)
			until(func() bool { return int(arrived.Load()) == len(threads) })
			if r.after {
				until(func() bool { return started[i-1].ended.Load() > 0 })
			} else if first && r.held && t.parks > 0 {
				until(func() bool { return t.parked.Load() || group.Waiters(group.Word(&t.wg)) >= t.parks })
				t.parked.Store(true)
			}
			t.body(r, !first && t.parks > 0)
		}()
	}
}

// body makes the calls of a thread. If it `opens` a round, then the one that waits in it is given time to find it open.
func (t *try) body(r *run, opens bool) {
	for range rand.IntN(2) * rand.IntN(spins) {
		t.left.Load()
	}
	for i, call := range r.calls {
		r.results[i] = group.Made(func() {
			if call == wait {
				t.wg.Wait()
			} else {
				t.wg.Add(call)
			}
		})
		r.ended.Add(1)
		if opens && i == 0 && len(r.calls) > 1 {
			until(func() bool { return t.left.Load() == 1 || group.Waiters(group.Word(&t.wg)) > 0 })
		}
	}
	if t.left.Add(-1) == 0 {
		t.quiet <- struct{}{} // there is room: this happens at most once a turn
	}
}

// until spins, and lets others run now and then: there are more threads than processors.
func until(condition func() bool) {
	for spin := 1; !condition(); spin++ {
		if spin%64 == 0 {
			runtime.Gosched()
		}
	}
}

// settled waits until all threads have ended, or until nothing has changed at two looks; it says which.
func (t *try) settled() bool {
	for looks, last := 0, int32(-1); t.left.Load() > 0 && looks < 2; looks++ {
		select {
		case <-t.quiet:
			looks = -1
		case <-time.After(grace):
		}
		var now int32
		for _, r := range t.runs {
			now += r.ended.Load()
		}
		if now != last {
			looks, last = -1, now
		}
	}
	return t.left.Load() == 0
}

// play plays on as far as it goes. It says whether all has returned.
func (t *try) play() bool {
	for {
		returned := t.settled()
		if t.turn == len(t.program.turns) || !returned && t.program.returned {
			return returned
		}
		t.start()
	}
}

func (t *try) outcome() string {
	var told []string
	for _, r := range t.runs {
		words := r.results[:r.ended.Load()]
		if len(words) < len(r.calls) {
			words = append(words[:len(words):len(words)], "blocked")
		}
		told = append(told, r.name+": "+strings.Join(words, " "))
	}
	if t.program.worded {
		told = append(told, fmt.Sprintf("word: 0x%016x", group.Word(&t.wg)))
	}
	if t.program.name != "" {
		told[0] = t.program.name + ": " + told[0]
	}
	return strings.Join(told, "; ")
}

func main() {
	seconds, err := strconv.ParseFloat(os.Args[len(os.Args)-1], 64)
	if len(os.Args) != 3 || scenarios[os.Args[1]] == nil || err != nil {
		log.Fatal("usage: stress misuse-2|misuse-3|f1|f2|f2-spinning|f3|overflow|truncation SECONDS")
	}
	runtime.GOMAXPROCS(2)
	programs, tries, outcomes, stuck := scenarios[os.Args[1]], 0, map[string]int{}, []*try{}
	for start := time.Now(); time.Since(start).Seconds() < seconds; tries++ {
		if t := begin(&programs[tries%len(programs)]); t.play() {
			outcomes[t.outcome()]++
		} else {
			stuck = append(stuck, t)
		}
	}
	for _, t := range stuck {
		t.play()
		outcomes[t.outcome()]++
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"scenario": os.Args[1], "go": runtime.Version(),
		"seconds": seconds, "tries": tries, "outcomes": outcomes})
}

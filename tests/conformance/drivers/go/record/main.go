// Records the history of a free run: legal calls of many goroutines on one WaitGroup, as NDJSON, in the order of time.
//
//	record [-waiters N] WORKERS OPERATIONS SECONDS SEED
//
// The run goes in rounds. In each the owner adds a unit for itself and one for every worker before anybody starts, a
// worker keeps one until its last call, and nobody adds before all waits have returned: Go's rules are kept.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"waitgroup/conformance/internal/group"
)

// patience is how long after its time a run may still take: a call that does not return would keep it for ever.
const patience = 10 * time.Second

// most is the largest number of calls of a worker in one round.
const most = 20

// event is the beginning or the end of a call. `At` is in nanoseconds of a clock that never goes back.
type event struct {
	At     int64  `json:"at"`
	Thread string `json:"thread"`
	Event  string `json:"event"`
	Call   string `json:"call,omitempty"`
	Delta  *int   `json:"delta,omitempty"`
	Result string `json:"result,omitempty"`
}

// history is one run.
type history struct {
	wg    sync.WaitGroup
	began time.Time
}

// thread is a goroutine that records what it does, for itself: recording orders nothing among threads.
type thread struct {
	*history
	name   string
	random *rand.Rand
	events []event
	last   int64 // when its last call ended
}

// now is the time. It is later than the end of the thread's last call, also if the clock is coarse.
func (t *thread) now() int64 {
	for {
		if at := time.Since(t.began).Nanoseconds(); at > t.last {
			return at
		}
	}
}

// made makes a call. The times are taken right before and right after it; nothing is written between.
func (t *thread) made(name string, delta *int, call func()) {
	begun := t.now()
	result := group.Made(call)
	t.last = time.Since(t.began).Nanoseconds()
	t.events = append(t.events,
		event{At: begun, Thread: t.name, Event: "call", Call: name, Delta: delta},
		event{At: t.last, Thread: t.name, Event: "return", Result: result})
}

func (t *thread) add(delta int) { t.made("add", &delta, func() { t.wg.Add(delta) }) }
func (t *thread) done()         { t.made("done", nil, t.wg.Done) }
func (t *thread) wait()         { t.made("wait", nil, t.wg.Wait) }

// work makes so many calls, one or two of them to end the round. It holds the unit that the owner has added for it.
func (t *thread) work(calls int) {
	held := 1
	for range calls - 2 {
		switch delta := 1 + t.random.IntN(3); {
		case held > delta && t.random.IntN(2) == 0:
			held -= delta
			t.add(-delta)
		case held > 1 && t.random.IntN(2) == 0:
			held--
			t.done()
		case t.random.IntN(8) == 0:
			t.add(0)
		default:
			held += delta
			t.add(delta)
		}
	}
	if held == 1 {
		t.done()
	} else {
		t.add(-held)
	}
	if calls > 1 {
		t.wait()
	}
}

// look waits once or twice in a round: it may find that the round is over, which is legal until the next one is opened.
func (t *thread) look() {
	for range 1 + t.random.IntN(2) {
		t.wait()
	}
}

// play runs rounds until each worker has made so many calls or the time is over.
func (h *history) play(owner *thread, workers, waiters []*thread, operations int, end time.Time) {
	for left := operations; left > 0 && time.Now().Before(end); {
		calls := min(left, 1+owner.random.IntN(most))
		left -= calls
		owner.add(1 + len(workers))
		var joined sync.WaitGroup
		for _, t := range workers {
			joined.Go(func() { t.work(calls) })
		}
		for _, t := range waiters {
			joined.Go(t.look)
		}
		if owner.random.IntN(2) == 0 {
			runtime.Gosched()
		}
		owner.done()
		owner.wait()
		joined.Wait()
	}
}

// write writes what all have recorded. At the same time calls come first: they may overlap, and no order is made up.
func write(version string, threads []*thread) {
	var events []event
	for _, t := range threads {
		events = append(events, t.events...)
	}
	slices.SortStableFunc(events, func(a, b event) int {
		if a.At == b.At && a.Event != b.Event {
			return map[string]int{"call": -1, "return": 1}[a.Event]
		}
		return int(a.At - b.At)
	})
	out := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(out, "{\"history\": 1, \"name\": \"sync.WaitGroup\", \"version\": %q, \"units\": 0}\n", version)
	lines := json.NewEncoder(out)
	for _, event := range events {
		lines.Encode(event)
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}

func main() {
	waiting := flag.Int("waiters", 0, "goroutines that wait in each round")
	flag.Parse()
	var numbers []int
	for _, argument := range flag.Args() {
		number, err := strconv.Atoi(argument)
		if err != nil || number < 0 {
			log.Fatalf("no such number: %q", argument)
		}
		numbers = append(numbers, number)
	}
	if len(numbers) != 4 || *waiting < 0 {
		log.Fatal("usage: record [-waiters N] WORKERS OPERATIONS SECONDS SEED")
	}
	h, threads := &history{began: time.Now()}, []*thread{}
	for i := range 1 + numbers[0] + *waiting {
		name := "owner"
		if i > numbers[0] {
			name = fmt.Sprint("waiter ", i-numbers[0])
		} else if i > 0 {
			name = fmt.Sprint("worker ", i)
		}
		random := rand.New(rand.NewPCG(uint64(numbers[3]), uint64(i)))
		threads = append(threads, &thread{history: h, name: name, random: random})
	}
	seconds := time.Duration(numbers[2]) * time.Second
	time.AfterFunc(seconds+patience, func() { log.Fatal("a call has not returned") })
	h.play(threads[0], threads[1:1+numbers[0]], threads[1+numbers[0]:], numbers[1], h.began.Add(seconds))
	write(runtime.Version(), threads)
}

// The driver of Go's sync.WaitGroup. The protocol is in docs/driver-protocol.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync"

	"waitgroup/conformance/internal/group"
)

// request is any request: what does not belong to it stays empty.
type request struct {
	Do, Thread, Call, Task string
	Units, Delta           int
}

type answer map[string]any

// conducted is a group with the calls that its threads are to make, and what they have given.
type conducted struct {
	wg    sync.WaitGroup
	calls map[string][]request
	held  map[string]bool // the threads that a start does not start: tasks, and those that it has started

	mutex   sync.Mutex // guards results, the only thing that the threads change
	results map[string][]string
}

func create(units int) *conducted {
	c := &conducted{calls: map[string][]request{}, held: map[string]bool{}, results: map[string][]string{}}
	c.wg.Add(units)
	return c
}

// call notes a call.
func (c *conducted) call(asked request) error {
	switch asked.Call {
	case "add", "done", "wait":
	case "go":
		c.held[asked.Task] = true
	default:
		return fmt.Errorf("no such call: %q", asked.Call)
	}
	c.calls[asked.Thread] = append(c.calls[asked.Thread], asked)
	return nil
}

// start releases together all threads that are new and no tasks.
func (c *conducted) start() {
	gate := make(chan struct{})
	var ready sync.WaitGroup
	for name, calls := range c.calls {
		if c.held[name] {
			continue
		}
		c.held[name] = true
		run := c.body(name, calls)
		ready.Add(1)
		go func() {
			ready.Done()
			<-gate
			run()
		}()
	}
	ready.Wait()
	close(gate)
}

// body is what a thread does. Its calls and those of its tasks are looked up here: no thread reads a map that grows.
func (c *conducted) body(name string, calls []request) func() {
	made := make([]func(), len(calls))
	for i, call := range calls {
		switch call.Call {
		case "add":
			made[i] = func() { c.wg.Add(call.Delta) }
		case "done":
			made[i] = c.wg.Done
		case "wait":
			made[i] = c.wg.Wait
		case "go":
			task := c.body(call.Task, c.calls[call.Task])
			made[i] = func() { c.wg.Go(task) }
		}
	}
	return func() {
		for _, call := range made {
			result := group.Made(call)
			c.mutex.Lock()
			c.results[name] = append(c.results[name], result)
			c.mutex.Unlock()
		}
	}
}

// poll copies the results.
func (c *conducted) poll() map[string][]string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	copied := map[string][]string{}
	for name := range c.calls {
		copied[name] = append([]string{}, c.results[name]...)
	}
	return copied
}

// answered does what is asked; `c` is replaced by create.
func answered(asked request, c **conducted) answer {
	switch asked.Do {
	case "hello":
		return answer{"name": "sync.WaitGroup", "version": runtime.Version(), "largest": 1<<31 - 1,
			"calls": []string{"add", "done", "wait", "go"}, "observes": []string{"counter", "waiters", "word"}}
	case "create":
		*c = create(asked.Units)
	case "call":
		if err := (*c).call(asked); err != nil {
			return answer{"error": err.Error()}
		}
	case "start":
		(*c).start()
	case "poll":
		return answer{"results": (*c).poll()}
	case "observe":
		word := group.Word(&(*c).wg)
		return answer{"counter": group.Counter(word), "waiters": group.Waiters(word), "word": fmt.Sprintf("0x%016x", word)}
	case "bye":
	default:
		return answer{"error": fmt.Sprintf("no such request: %q", asked.Do)}
	}
	return answer{"ok": true}
}

func main() {
	c, answers := create(0), json.NewEncoder(os.Stdout)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			answers.Encode(answer{"error": err.Error()})
		} else if answers.Encode(answered(asked, &c)); asked.Do == "bye" {
			return
		}
	}
}

// Package group makes calls on Go's sync.WaitGroup, names what they give, and reads its packed word.
package group

import (
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// reasons name a panic by words of its message.
var reasons = []struct{ words, result string }{
	{"negative WaitGroup counter", "raised negative"},
	{"Add called concurrently with Wait", "raised misuse"},
	{"reused before previous Wait", "raised reused"},
}

// Made makes a call, recovers a panic, and names what has come of it.
func Made(call func()) (result string) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result = "raised"
			message, _ := panicked.(string)
			for _, reason := range reasons {
				if strings.Contains(message, reason.words) {
					result = reason.result
				}
			}
		}
	}()
	call()
	return "returned"
}

// place is where the word lies. The field is private: it is asked for by name, so that another layout is noticed.
var place, found = func() (uintptr, bool) {
	field, found := reflect.TypeFor[sync.WaitGroup]().FieldByName("state")
	return field.Offset, found && field.Type == reflect.TypeFor[atomic.Uint64]()
}()

// Word reads the packed word: the counter, a flag, the waiters.
func Word(wg *sync.WaitGroup) uint64 {
	if !found {
		panic("this Go packs its WaitGroup otherwise")
	}
	return (*atomic.Uint64)(unsafe.Add(unsafe.Pointer(wg), place)).Load()
}

// Counter is the signed upper half of a word.
func Counter(word uint64) int32 { return int32(word >> 32) }

// Waiters are the lower 31 bits of a word; the bit above them is the flag.
func Waiters(word uint64) uint32 { return uint32(word & 0x7fffffff) }

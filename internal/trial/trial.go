// Package trial is what the tests of several rooms share: how often a thing is tried, and how long it
// is waited for. No program imports it.
package trial

import (
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Soaking reports whether there is time for everything: QIANQI_SOAK=1, as make soak sets it.
func Soaking() bool { return os.Getenv("QIANQI_SOAK") == "1" }

// Rounds is how often a thing is tried: a few times in every test run, many while soaking.
func Rounds(few, many int) int {
	if Soaking() {
		return many
	}
	return few
}

// Roomy gives the tests of a room more memory than their small heaps would ask for, unless GOGC says
// otherwise: under the race detector a garbage collection is what costs most, and in a room that makes
// whole reports it would come every few megabytes.
func Roomy() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(1 << 30)
	}
}

// Patience is how long one step may take on a busy machine: far more than any does, and far less than
// the time after which go test ends everything without saying which step it was.
const Patience = 90 * time.Second

// Ends reports whether f returns with Patience.
func Ends(f func()) bool {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
		return true
	case <-time.After(Patience):
		return false
	}
}

// Within fails the test where f does not return with Patience, and tells what everything waits for.
func Within(t testing.TB, what string, f func()) {
	t.Helper()
	if !Ends(f) {
		stacks := make([]byte, 1<<20)
		t.Errorf("%s does not end:\n%s", what, stacks[:runtime.Stack(stacks, true)])
	}
}

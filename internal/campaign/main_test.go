package campaign

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain gives the tests more memory than their small heaps would ask for: under the race detector a
// garbage collection is what costs most, and here it would come every few megabytes.
func TestMain(m *testing.M) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(1 << 30)
	}
	os.Exit(m.Run())
}

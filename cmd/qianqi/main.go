// Command qianqi turns the visit workbooks of the Thousand Enterprises Survey (千企大调研)
// into the competency-gap report a curriculum committee decides from.
package main

import (
	"os"
	"runtime/debug"
)

// heapGrowth is the percentage by which the heap may grow between two collections. Half of Go's own
// keeps a run below 200 MiB, so that the smallest server of an office does; it costs hardly any time.
const heapGrowth = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

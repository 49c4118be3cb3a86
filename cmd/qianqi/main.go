// Command qianqi turns the visit workbooks of the Thousand Enterprises Survey (千企大调研)
// into the competency-gap report a curriculum committee decides from.
package main

import "os"

func main() {
	os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

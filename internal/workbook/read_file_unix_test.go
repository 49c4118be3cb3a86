//go:build unix

package workbook

import (
	"syscall"
	"time"
)

var past = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)

func makePipe(path string) error { return syscall.Mkfifo(path, 0o600) }

package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

var severityWords = map[codebook.Severity]string{
	codebook.SeverityError:   "错误 error  ",
	codebook.SeverityWarning: "提醒 warning",
	codebook.SeverityTrial:   "试行 trial  ",
}

// progressOn returns a progress line for a terminal, nil elsewhere: logs stay free of it.
func progressOn(w io.Writer) func(done, total int) {
	file, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(file.Fd()) {
		return nil
	}
	start := time.Now()
	var last time.Time
	return func(done, total int) {
		now := time.Now()
		if done < total && now.Sub(last) < 200*time.Millisecond {
			return
		}
		last = now
		left := time.Duration(float64(now.Sub(start)) / float64(max(done, 1)) * float64(total-done))
		fmt.Fprintf(file, "\r\033[K%d / %d  剩余 left %s", done, total, left.Round(time.Second))
		if done == total {
			fmt.Fprint(file, "\r\033[K")
		}
	}
}

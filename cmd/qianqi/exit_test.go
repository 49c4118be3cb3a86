package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// Whatever a command was at when it was stopped, it ends with the code for that and says so in words.
func TestInterruptedInWords(t *testing.T) {
	for _, c := range []struct {
		why  string
		err  error
		code int
		says string
	}{
		{"stopped between two steps", context.Canceled, exitInterrupted, "已中断"},
		{"stopped, and something was cleared away after it", errors.Join(context.Canceled, nil), exitInterrupted, "已中断"},
		{"stopped in the midst of something", fmt.Errorf("store: %w", context.Canceled), exitInterrupted, "已中断"},
		{"a run has words of its own", errors.Join(&campaign.ErrInterrupted{Err: context.Canceled}, nil), exitInterrupted, "已读入的都在库里"},
		{"any other failure", errors.New("disk full"), exitFailed, "disk full"},
	} {
		said := inWords(c.err).Error()
		if exitCode(c.err) != c.code || !strings.Contains(said, c.says) || strings.Contains(said, "canceled") {
			t.Errorf("%s: exit code %d, %q", c.why, exitCode(c.err), said)
		}
	}
}

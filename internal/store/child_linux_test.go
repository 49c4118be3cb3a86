package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// runChild plays another process: "ingest DB FROM TO BATCH [LIMIT]" hands in visits and prints
// ACK for each that is committed; "open DB" only opens; "lock DB" tries for the write lock; "restore
// BACKUP DB" prints BEGIN, puts a backup in the place of the database and prints DONE.
func runChild(task string) int {
	args := strings.Split(task, "\x1f")
	var err error
	switch args[0] {
	case "ingest":
		err = childIngest(args[1:])
	case "open":
		err = childOpen(args[1])
	case "lock":
		err = childLock(args[1])
	case "restore":
		fmt.Println("BEGIN")
		_, err = Restore(context.Background(), args[1], args[2], RestoreOptions{Force: true})
		fmt.Println("DONE")
	}
	if err != nil {
		fmt.Println("ERR", kindOf(err), strings.ReplaceAll(err.Error(), "\n", " "))
		return 3
	}
	return 0
}

func kindOf(err error) string {
	for name, kind := range map[string]error{"full": ErrFull, "read-only": ErrReadOnly, "busy": ErrBusy, "damaged": ErrDamaged, "io": ErrIO} {
		if errors.Is(err, kind) {
			return name
		}
	}
	return "other"
}

func childIngest(args []string) error {
	n := make([]int, 4)
	for i := range n {
		if i+1 < len(args) {
			n[i], _ = strconv.Atoi(args[i+1])
		}
	}
	from, to, size, limit := n[0], n[1], n[2], n[3]
	if limit == 0 {
		limit, _ = strconv.Atoi(os.Getenv(childTask + "_LIMIT"))
	}
	if limit > 0 {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(limit), Max: uint64(limit)}); err != nil {
			return err
		}
	}
	ctx := context.Background()
	s, err := Open(ctx, args[0], Options{})
	if err != nil {
		return err
	}
	fmt.Println("OPEN")
	for ; from < to; from += size {
		if err := childBatch(ctx, s, from, min(from+size, to)); err != nil {
			years, readErr := s.Years(ctx) // what is there must stay readable
			fmt.Println("READ", len(years), readErr)
			return errors.Join(err, s.Close())
		}
	}
	return s.Close()
}

func childBatch(ctx context.Context, s *Store, from, to int) error {
	b, err := s.Begin(ctx)
	if err != nil {
		return err
	}
	defer b.Rollback()
	var sums []string
	for n := from; n < to; n++ {
		sub := numbered(n)
		if _, err := b.Save(ctx, sub); err != nil {
			return err
		}
		sums = append(sums, sub.SHA256)
	}
	if err := b.Commit(ctx); err != nil {
		return err
	}
	for _, sum := range sums {
		fmt.Println("ACK", sum)
	}
	return nil
}

// numbered is the n-th file of the campaign that children hand in; some of them are large.
func numbered(n int) Submission {
	sub := handIn(fmt.Sprintf("%d%s", n, strings.Repeat(" padding", n%5*200)), aVisit(n, 2))
	sub.Name = fmt.Sprintf("%d.xlsx", n)
	return sub
}

func childOpen(path string) error {
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		return err
	}
	return s.Close()
}

// childLock writes at once or reports busy.
func childLock(path string) error {
	db, err := connect(path, dsn(path, map[string][]string{"_pragma": {"busy_timeout(0)"}, "_txlock": {"immediate"}}), 1)
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		return explain(path, err)
	}
	return tx.Rollback()
}

// child is a started process.
type child struct {
	*exec.Cmd
	lines chan string
}

func start(t *testing.T, program string, attr *syscall.SysProcAttr, args ...string) *child {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), childTask+"="+strings.Join(args, "\x1f"))
	cmd.SysProcAttr, cmd.Stderr = attr, os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, make(chan string, 4096)}
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			c.lines <- scan.Text()
		}
		close(c.lines)
	}()
	return c
}

// self is the test binary.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// rest collects what a child prints until it ends.
func (c *child) rest() (lines []string) {
	for line := range c.lines {
		lines = append(lines, line)
	}
	c.Wait()
	return lines
}

func acked(lines []string) (sums []string) {
	for _, l := range lines {
		if sum, ok := strings.CutPrefix(l, "ACK "); ok {
			sums = append(sums, sum)
		}
	}
	return sums
}

// killAfterLines waits for so many lines and a moment more, then ends the child without
// warning: on a slow machine it gets as far as on a fast one.
func (c *child) killAfterLines(n int, d time.Duration) (lines []string) {
	for line := range c.lines {
		if lines = append(lines, line); len(lines) > n {
			break
		}
	}
	return append(lines, c.killAfter(d)...)
}

// killAfter ends a child without warning.
func (c *child) killAfter(d time.Duration) []string {
	timer := time.AfterFunc(d, func() { c.Process.Kill() })
	defer timer.Stop()
	return c.rest()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// Exit codes, the one table: printed in --help and in the README.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPartial = 3
	exitLocked  = 4

	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

// exitTable is what --help prints.
const exitTable = `退出码 EXIT STATUS
  0  成功 done
  1  失败 failed; the message says why
  2  用法错误 usage: an unknown command, flag or value
  3  已完成，但部分文件有错误 finished, but some files had errors
  4  另一个运行正持有锁 another run holds the lock
  130  被中断 interrupted (Ctrl-C): what was read is in; run it again to go on`

// ExitError carries the exit code of a failure to the one place that ends the process.
type ExitError struct {
	Code int
	Err  error
}

// Error is the message for the user.
func (e *ExitError) Error() string { return e.Err.Error() }

// Unwrap is the failure behind the code.
func (e *ExitError) Unwrap() error { return e.Err }

// usageError says that the caller asked for something that cannot be.
func usageError(zh, en string) error {
	return &ExitError{exitUsage, bilingual(zh, en)}
}

// bilingual makes an error of a Chinese sentence with the English one below it.
func bilingual(zh, en string) error { return errors.New(zh + "\n" + en) }

// exitCode maps an error to the table; nil is exitOK, a plain error exitFailed.
func exitCode(err error) int {
	var exit *ExitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.Code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailed
}

// execute runs one command line and returns the exit code. It is main without the process. The
// first interrupt ends the command's context, so that it stops at the next safe place; a second
// one ends the process at once.
func execute(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	root := newRootCmd()
	root.SetArgs(args)
	root.SetIn(in)
	to := &keptWriter{w: out}
	root.SetOut(to)
	root.SetErr(errOut)
	refuseUnknownShells(root)
	refuseUnknownHelp(root)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && to.err != nil {
		err = fmt.Errorf("写不了标准输出 cannot write to standard output: %w", to.err)
	}
	code := exitCode(err)
	if err == nil || errors.Is(err, errSilent) {
		return code
	}
	fmt.Fprintln(errOut, "qianqi: "+strings.TrimSpace(inWords(err).Error()))
	if code == exitUsage {
		fmt.Fprintf(errOut, "用法见 see: %s --help\n", cmd.CommandPath())
	}
	return code
}

// keptWriter keeps the first error of writing: a command that printed half of what it had to say did not do
// what was asked, whether it looked or not.
type keptWriter struct {
	w   io.Writer
	err error
}

func (k *keptWriter) Write(p []byte) (int, error) {
	n, err := k.w.Write(p)
	if k.err == nil {
		k.err = err
	}
	return n, err
}

// inWords says of a command that was stopped what that means, wherever it was when it stopped; a run
// has words of its own.
func inWords(err error) error {
	if !errors.Is(err, context.Canceled) || is[*campaign.ErrInterrupted](err) {
		return err
	}
	return bilingual("已中断；已完成的都已保存，再运行一次即可接着做。", "Interrupted; what was done is kept. Run it again to go on.")
}

// errSilent marks a failure whose message is already on the page, e.g. the list of bad files.
var errSilent = errors.New("already reported")

// flagErrors turns cobra's complaints about flags and arguments into usage errors.
func flagErrors(_ *cobra.Command, err error) error {
	return &ExitError{exitUsage, fmt.Errorf("参数不对\n%w", err)}
}

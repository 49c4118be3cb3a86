package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// oneArgument wants exactly one positional argument and says which when it is missing.
func oneArgument(name, choices string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) == 1:
			return nil
		case len(args) == 0:
			return usageError(fmt.Sprintf("缺少参数 %s：%s", name, choices), fmt.Sprintf("%s is missing: %s", name, choices))
		}
		return usageError(fmt.Sprintf("只要一个 %s，得到 %d 个", name, len(args)), fmt.Sprintf("one %s wanted, %d given", name, len(args)))
	}
}

// argumentsBetween wants at least least and at most most positional arguments; most < 0 is any number.
func argumentsBetween(least, most int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch n := len(args); {
		case n < least:
			return usageError(fmt.Sprintf("至少要 %d 个参数，得到 %d 个", least, n), fmt.Sprintf("at least %s wanted, %d given", codebook.Count(least, "argument"), n))
		case most >= 0 && n > most:
			return usageError(fmt.Sprintf("最多 %d 个参数，得到 %d 个", most, n), fmt.Sprintf("at most %s wanted, %d given", codebook.Count(most, "argument"), n))
		}
		return nil
	}
}

// noArguments refuses stray words, so that a mistyped flag is not silently ignored.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError(fmt.Sprintf("不认识的参数 %q", args[0]), fmt.Sprintf("unexpected argument %q", args[0]))
}

// checkDay holds what a flag gives against the form 2006-01-02; "" is no day.
func checkDay(flag, text string) error {
	if _, err := time.Parse(time.DateOnly, text); text != "" && err != nil {
		return usageError(fmt.Sprintf("%s 应写成 2026-12-31，得到 %q", flag, text), fmt.Sprintf("%s wants a day like 2026-12-31, got %q", flag, text))
	}
	return nil
}

// checkClose takes a day, or a day of every year.
func checkClose(text string) error {
	if _, err := time.Parse("01-02", text); err == nil {
		return nil
	}
	return checkDay("--close", text)
}

// checkKeep refuses --keep 0 of run: of backups it keeps all, so that nobody knows what it means here.
func checkKeep(keep int) error {
	if keep == 0 {
		return usageError("--keep 0 意思不明：要保留几份旧报告就写几，一份也不保留写 -1", "--keep 0 says nothing: give how many earlier reports are kept, or -1 for none")
	}
	return nil
}

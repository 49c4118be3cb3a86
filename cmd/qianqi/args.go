package main

import (
	"fmt"

	"github.com/spf13/cobra"
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

// noArguments refuses stray words, so that a mistyped flag is not silently ignored.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError(fmt.Sprintf("不认识的参数 %q", args[0]), fmt.Sprintf("unexpected argument %q", args[0]))
}

package main

import (
	"fmt"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/store"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// bindAct declares the flags of what a person does for a reason.
func bindAct(cmd *cobra.Command, act *store.Act) {
	cmd.Flags().StringVar(&act.Reason, "reason", "", "理由，必填，会留存 the reason, required and kept")
	cmd.Flags().StringVar(&act.By, "by", "", "经办人 who does it (default: the operating system's user)")
}

// signed refuses an act without a reason and fills in who acts.
func signed(act store.Act) (store.Act, error) {
	if strings.TrimSpace(act.Reason) == "" {
		return act, usageError("请用 --reason 写明理由", "give the reason with --reason")
	}
	if act.By == "" {
		if u, err := user.Current(); err == nil {
			act.By = u.Username
		}
	}
	return act, nil
}

// argumentsNamed wants exactly the named positional arguments.
func argumentsNamed(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		list := strings.Join(names, " ")
		return usageError(fmt.Sprintf("要 %d 个参数：%s，得到 %d 个", len(names), list, len(args)), fmt.Sprintf("%s wanted: %s; %d given", codebook.Count(len(names), "argument"), list, len(args)))
	}
}

package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

const rootLong = `qianqi 千企：把教师走访企业的表格变成专业建设委员会可以据以决定的报告。
qianqi turns the visit workbooks of the Thousand Enterprises Survey into the
competency-gap report a curriculum committee decides from.

  template → 教师填写 faculty fill it in → ingest → analyze → report
  run 一步完成 does all of it; serve 在网页上完成 does it in the browser.`

// newRootCmd builds the whole command tree; every test starts from here.
func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:           "qianqi",
		Short:         "千企大调研：从走访表到能力差距报告 From visit workbooks to the competency-gap report",
		Long:          rootLong + "\n\n" + exitTable,
		Example:       "  qianqi run                         # 样例数据，一步出报告\n  qianqi template visit -o 走访表.xlsx\n  qianqi ingest 走访表.xlsx",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(flagErrors)
	root.CompletionOptions.HiddenDefaultCmd = true
	a := &app{now: time.Now}
	a.bind(root)
	root.AddCommand(commands(a)...)
	return root
}

// refuseUnknownHelp has help, which cobra makes too, keep to our table of exit codes: a word behind a command
// that has commands must be one of them.
func refuseUnknownHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		return // nobody asks for help
	}
	help.Args = func(cmd *cobra.Command, args []string) error {
		found, rest, err := root.Find(args)
		if err != nil || found.HasSubCommands() {
			return noSuchCommand(cmd, rest)
		}
		return nil
	}
}

// refuseUnknownShells has completion, which cobra makes and which prints to where root prints by now, keep to
// our table of exit codes.
func refuseUnknownShells(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	completion, _, err := root.Find([]string{"completion"})
	if err != nil {
		return // a command made by hand would be missing from commands already
	}
	completion.Args = noSuchCommand
	completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, shell := range completion.Commands() {
		shell.Args = noArguments
	}
}

// noSuchCommand refuses a word that is no command instead of printing help for it.
func noSuchCommand(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError(fmt.Sprintf("没有名为 %q 的命令。", args[0]), fmt.Sprintf("There is no command %q.", args[0]))
}

// commands lists every command in the order in which a newcomer meets them.
func commands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newTemplateCmd(a),
		newIngestCmd(a),
		newMapCmd(a),
		newAnalyzeCmd(a),
		newReportCmd(a),
		newExportCmd(a),
		newTraceCmd(a),
		newProposalCmd(a),
		newDecisionsCmd(a),
		newCurriculumCmd(a),
		newRunCmd(a),
		newRunsCmd(a),
		newScheduleCmd(a),
		newReproduceCmd(a),
		newFreezeCmd(a),
		newReopenCmd(a),
		newBackupCmd(a),
		newRestoreCmd(a),
		newVerifyCmd(a),
		newDoctorCmd(a),
		newExplainCmd(a),
		newEnterpriseCmd(a),
		newScreenCmd(a),
		newShowCmd(a),
		newHistoryCmd(a),
		newWaiveCmd(a),
		newWithdrawCmd(a),
		newReinstateCmd(a),
		newCodebookCmd(a),
		newSampleCmd(a),
		newEstimateCmd(),
		newServeCmd(a),
		newUserCmd(a),
		newAuditCmd(a),
		newRetentionCmd(a),
		newVersionCmd(),
		newManCmd(),
	}
}

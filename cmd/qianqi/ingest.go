package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type ingestOptions struct {
	app  *app
	in   campaign.IngestOptions
	json bool
	all  bool
}

func newIngestCmd(a *app) *cobra.Command {
	o := ingestOptions{app: a}
	cmd := &cobra.Command{
		Use:   "ingest [PATH…]",
		Short: "读入走访表等工作簿 read workbooks (files or folders) into the database",
		Long: `读入文件或文件夹（含子文件夹）中的走访、课程、名册、成果与决定工作簿；缺省读 surveys。
每个问题都写明文件、工作表、单元格、现有内容与改法；有错误的文件整份不收，其余照常。
同一文件再交一次不会重复计入；同一次走访的更正会取代旧的一份，旧的保留在历史中。
更正被撤回之后，单独读入旧的那个文件（写明文件名，不是文件夹）即让它重新计入；被撤回的文件本身用 qianqi reinstate 恢复。

Reads visit, curriculum, roster, outcomes and decisions workbooks from files or folders (default
surveys). A file with errors is refused whole; the others go in. Reading twice changes nothing;
a corrected workbook supersedes the earlier one of the same visit, which stays in the history.
Once the correction is withdrawn, reading the earlier file by itself (by its own name, not its folder)
lets it count again; what was withdrawn itself comes back with qianqi reinstate.

` + exitTable,
		Example: "  qianqi ingest surveys/2026\n  qianqi ingest 走访表.xlsx --returns 退回\n  qianqi ingest surveys --json > 结果.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.in.Paths = args
			return runIngest(cmd, o)
		},
	}
	bindIngest(cmd, &o.in)
	bindVerbose(cmd, &o.all)
	cmd.Flags().BoolVar(&o.json, "json", false, "输出 JSON print JSON")
	return cmd
}

// bindVerbose declares how much a printed receipt lists.
func bindVerbose(cmd *cobra.Command, all *bool) {
	cmd.Flags().BoolVarP(all, "verbose", "v", false, "列出每一处改动与读法，不只是前几处 list every changed answer and every reading, not the first ones only")
}

// bindIngest declares the flags that ingest and run share.
func bindIngest(cmd *cobra.Command, in *campaign.IngestOptions) {
	flags := cmd.Flags()
	flags.IntVar(&in.Year, "year", 0, "调研年份 campaign year; a visit of another year is an error (default: each workbook's own)")
	flags.StringVar(&in.Returns, "returns", "", "退回件文件夹 folder for annotated copies of workbooks with issues; none writes none (default: returns beside the report)")
	flags.StringVar(&in.Mapping, "mapping", "", "旧表或外来表的对照文件 mapping file for an older or foreign form (see qianqi map)")
	flags.StringVar(&in.By, "by", "", "交表人 who hands in, kept with every submission (default: the operating system's user)")
}

// returnsIn resolves where annotated copies go: beside the reports unless the user says otherwise.
func returnsIn(reports, asked string) string {
	switch asked {
	case "":
		return filepath.Join(reports, "returns")
	case "none":
		return ""
	}
	return asked
}

func runIngest(cmd *cobra.Command, o ingestOptions) error {
	if len(o.in.Paths) == 0 {
		o.in.Paths = []string{"surveys"}
	}
	o.in.Returns = returnsIn("reports", o.in.Returns)
	o.in.Progress = progressOn(cmd.ErrOrStderr())
	o.in.Again = true
	if err := o.app.worthMaking(append(o.in.Paths, o.in.Mapping)...); err != nil {
		return err
	}
	return o.app.withCampaign(cmd, store.Options{}, func(ctx context.Context, c *campaign.Campaign) error {
		result, err := c.Ingest(ctx, o.in)
		if result != nil {
			if printErr := printIngest(cmd.OutOrStdout(), result, o.json, o.all); err == nil {
				err = printErr
			}
		}
		switch {
		case err != nil:
		case result.Interrupted:
			err = &ExitError{exitInterrupted, stopped(result)}
		case result.Totals.Bad() > 0:
			err = &ExitError{exitPartial, errSilent}
		}
		return asUsage(err)
	})
}

// stopped says where an interrupted ingest stopped and how to go on.
func stopped(r *campaign.IngestResult) error {
	done, last := len(r.Files), ""
	if done > 0 {
		last = campaign.Printable(r.Files[done-1].File)
	}
	return bilingual(fmt.Sprintf("已中断：读完 %d / %d 个文件，停在 %s 之后；已收下的不受影响，再运行一次即可接着做。", done, done+r.Left, last),
		fmt.Sprintf("Interrupted after %d of %s, the last one %s; what was taken is in. Run it again to go on.", done, codebook.Count(done+r.Left, "file"), last))
}

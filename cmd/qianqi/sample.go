package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

type sampleOptions struct {
	app *app
	in  campaign.SampleOptions
}

func newSampleCmd(a *app) *cobra.Command {
	o := sampleOptions{app: a}
	cmd := &cobra.Command{
		Use:   "sample",
		Short: "生成虚构的样例数据 write an invented sample campaign of any size",
		Long: `生成虚构的走访工作簿与课程、名册、成果、决定工作簿。企业、教师与评分均为虚构；
同样的参数写出同样的字节。不带参数即重写随程序附带的 surveys（2024–2026）。

Writes invented visit workbooks with curriculum, roster, outcomes and decisions. Enterprises,
teachers and ratings are invented; the same flags give the same bytes. Without flags it rewrites
the tracked surveys (2024 to 2026).`,
		Example: "  qianqi sample --out surveys --force\n  qianqi sample --visits 2000 --years 2026 --out big\n  qianqi sample --years 2026 --as csv --out 问卷",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cb, err := a.loadCodebook()
			if err != nil {
				return err
			}
			if !slices.Contains(campaign.SampleForms, o.in.As) {
				return usageError("--as 只能是 single、bulk、csv", "--as is single, bulk or csv")
			}
			o.in.Progress = progressOn(cmd.ErrOrStderr())
			written, err := campaign.WriteSample(cmd.Context(), cb, o.in)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s：%d 个文件 %s\n", o.in.Out, written, codebook.Noun(written, "file"))
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.in.Out, "out", "surveys", "写到此文件夹 folder to write")
	flags.IntVar(&o.in.Visits, "visits", 0, "每年走访次数 visits a year (default: the size of the tracked sample)")
	flags.IntSliceVar(&o.in.Years, "years", []int{2024, 2025, 2026}, "年份 years")
	flags.Uint64Var(&o.in.Seed, "seed", 0, "随机种子 seed")
	flags.StringVar(&o.in.As, "as", campaign.AsSingle, "走访的形式 form of the visits: single (a workbook each), bulk (a workbook per department), csv")
	flags.BoolVar(&o.in.Force, "force", false, "覆盖已有文件 replace files that exist")
	return cmd
}

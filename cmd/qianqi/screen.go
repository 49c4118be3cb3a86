package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newScreenCmd(a *app) *cobra.Command {
	var year int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "screen",
		Short: "筛查赶填与抄填的迹象，供人核对 signs of haste and copying, for people to look at",
		Long: `筛查一年的走访：几乎全打同一个分、全部打 5 分、不同教师的表几乎一样、文字一字不差、一天走访太多家。
这些只是提示，不是结论：走访照样收下、照样统计；教师可在“确认”列说明，调研办可以豁免。

Looks over the visits of a year: nearly all ratings the same, everything rated 5, workbooks of
different faculty nearly alike, identical texts, more visits in a day than a person can make. These
are questions, not verdicts: the visits count all the same; faculty confirm, the office waives.`,
		Example: "  qianqi screen\n  qianqi screen --year 2026 --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				s, err := c.Screening(ctx, year)
				if err != nil {
					return asUsage(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), s)
				}
				return printScreening(cmd.OutOrStdout(), s)
			})
		},
	}
	cmd.Flags().IntVar(&year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printScreening(w io.Writer, s *campaign.Screening) error {
	for i := range s.Asked {
		v := &s.Asked[i]
		fmt.Fprintf(w, "%s — 提交 submission %d  %s  %s  %s\n", campaign.Printable(v.File), v.Submission, v.Day, campaign.Printable(v.Faculty), campaign.Printable(v.Enterprise))
		for k := range v.Questions {
			printIssue(w, &v.Questions[k])
		}
		fmt.Fprintln(w)
	}
	if s.Visits == 0 {
		_, err := fmt.Fprintf(w, "%d 年走访太多，没有筛查。 %d has too many visits to screen.\n", s.Year, s.Year)
		return err
	}
	_, err := fmt.Fprintf(w, "%d 年 %d 次走访中有 %d 次需要看一看；只是提示，不是结论\n%d of %s in %d to look at: questions, not verdicts\n",
		s.Year, s.Visits, len(s.Asked), len(s.Asked), codebook.Count(s.Visits, "visit"), s.Year)
	return err
}

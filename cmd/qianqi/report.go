package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

type reportOptions struct {
	app  *app
	in   campaign.AnalyzeOptions
	out  string
	pdf  bool
	json bool
}

func newReportCmd(a *app) *cobra.Command {
	o := reportOptions{app: a}
	cmd := &cobra.Command{
		Use:   "report",
		Short: "写出报告网页 write the report pages, offline and printable",
		Long: `写出 <reports>/<年份>/index.html 与各专业、各能力的页面：不联网即可打开，可打印为 A4。
同样的数据库写出同样的字节；读者看到的要么是旧报告，要么是新报告，不会是半份。

Writes <reports>/<year>/index.html with a page per programme and competency: offline, printable on
A4. The same database gives the same bytes; readers see the old report or the new one, never half.

没有写明的 --base、--k、--rake 等，与同一文件夹里该年上次的报告相同，不是缺省值的会写到标准错误；第一次则为 auto、5、false，
而 k 不会小于该年在别处公布过的。网页（serve）、export、trace 总照该年最近公布的一份，不论写在哪个文件夹：
试算请用数据库的副本（qianqi backup）。
Where --base, --k, --rake and the like are not given, they are as the last report on the year in the same
folder had them, and what is not the default is told on standard error; auto, 5 and false for the first,
but k is no smaller than reports on the year elsewhere had it. The web pages (serve), export and trace
follow the last report on the year, in whatever folder it was written: try things out on a copy of the
database (qianqi backup).

` + exitTable,
		Example: "  qianqi report --year 2026\n  qianqi report --year 2026 --out /srv/reports\n  qianqi report --compare 2024 --pdf",
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runReport(cmd, o) },
	}
	bindReported(cmd, &o.in)
	bindReportedPages(cmd, &o.in)
	cmd.Flags().IntVar(&o.in.Year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().StringVar(&o.out, "out", "reports", "报告文件夹 folder for reports")
	bindPDF(cmd, &o.pdf)
	cmd.Flags().BoolVar(&o.json, "json", false, "输出 JSON print JSON: {\"year\",\"index\",\"pages\"}")
	return cmd
}

func runReport(cmd *cobra.Command, o reportOptions) error {
	return o.app.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
		published, err := c.Report(ctx, o.in, o.out, o.pdf)
		if err != nil {
			return asUsage(err)
		}
		sayTakenOver(cmd.ErrOrStderr(), published)
		if o.json {
			return printJSON(cmd.OutOrStdout(), published)
		}
		if published.PDF != "" {
			fmt.Fprintln(cmd.OutOrStdout(), published.PDF)
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout(), published.Index)
		return err
	})
}

// sayTakenOver tells which options a report has from an earlier one.
func sayTakenOver(w io.Writer, p *campaign.Published) {
	if over := strings.Join(p.TakenOver, " "); over != "" {
		fmt.Fprintf(w, "没有写明的选项与此前的报告相同：%s；要用缺省值，请写明。\nOptions that were not given are as an earlier report had them: %s. Give them to have the defaults.\n", over, over)
	}
}

// bindPDF declares the flag that prints the pages.
func bindPDF(cmd *cobra.Command, pdf *bool) {
	cmd.Flags().BoolVar(pdf, "pdf", false, "另用本机的 Chromium、Chrome 或 Edge 把各页印成 A4 PDF print the pages as A4 PDF too, with the Chromium, Chrome or Edge of this machine (env QIANQI_CHROMIUM)")
}

package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newExportCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "导出表格、一页简报与访企拓岗表 tables, one-page briefs and the national form, as files",
		Long: `把已公布的表格写成 CSV、XLSX、JSON 或 Parquet；各专业写一页简报（A4，可放进会议纪要）；把调研结果填入
国家访企拓岗表。表格与报告页面同一来源：带底数、误差与标记，不予公布的格子空着。同样的数据库写出同样的字节。

Writes published tables as CSV, XLSX, JSON or Parquet, a one-page brief per programme (A4, for the
minutes), and the national form of enterprise visits filled from the campaign. Tables are those of
the report: with bases, errors and flags; what is withheld stays empty. The same database gives
the same bytes.

` + exitTable,
		Example: "  qianqi export csv -o 数据\n  qianqi export xlsx -o 表格.xlsx --table 'computer_network-*'\n" +
			"  qianqi export brief --programme 网络\n  qianqi export national -o 访企拓岗.xlsx",
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, format := range campaign.ExportFormats {
		cmd.AddCommand(newExportTablesCmd(a, format))
	}
	cmd.AddCommand(newExportListCmd(a), newExportBriefCmd(a), newExportNationalCmd(a))
	return cmd
}

// exportTo is where the files of an export go.
type exportTo struct{ out string }

func (t *exportTo) bind(cmd *cobra.Command, what string) {
	cmd.Flags().StringVarP(&t.out, "output", "o", "exports", what)
}

// write writes the files: into a folder, or one file under the name that was given. It prints the
// path of what it wrote.
func (t *exportTo) write(cmd *cobra.Command, files []campaign.File) error {
	if t.out == "-" || len(files) == 1 && t.namesFile(files[0].Name) {
		if len(files) > 1 {
			return usageError(fmt.Sprintf("-o - 只能输出一个文件，这里有 %d 个；用 --table 选一个", len(files)), fmt.Sprintf("-o - takes one file, there are %d; choose one with --table", len(files)))
		}
		if err := writeOut(cmd, t.out, files[0].Data); err != nil || t.out == "-" {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), t.out)
		return err
	}
	if err := campaign.WriteFiles(t.out, files); err != nil {
		return err
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s（%d 个文件 %s）\n", t.out, len(files), codebook.Noun(len(files), "file"))
	return err
}

// namesFile reports whether the place given ends like the file and is no folder.
func (t *exportTo) namesFile(name string) bool {
	info, err := os.Stat(t.out)
	ending := name[strings.LastIndexByte(name, '.'):]
	return strings.HasSuffix(strings.ToLower(t.out), ending) && (err != nil || !info.IsDir())
}

type exportTablesOptions struct {
	app    *app
	in     campaign.ExportOptions
	to     exportTo
	schema bool
}

func newExportTablesCmd(a *app, format string) *cobra.Command {
	o := exportTablesOptions{app: a, in: campaign.ExportOptions{Format: format}}
	each := map[string]codebook.Text{"csv": {ZH: "每表一个文件", EN: "a file per table"}, "parquet": {ZH: "每表一个文件", EN: "a file per table"},
		"xlsx": {ZH: "每表一个工作表", EN: "a sheet per table"}, "json": {ZH: "一个文件", EN: "one document"}}[format]
	cmd := &cobra.Command{
		Use:   format,
		Short: strings.ToUpper(format) + "：" + each.Both(),
		Long: "把已公布的表格写成 " + strings.ToUpper(format) + "，" + each.ZH + "。表名见 qianqi export list；figures 是全部数字，一行一个。\n\n" +
			"Writes the published tables as " + strings.ToUpper(format) + ", " + each.EN + ". qianqi export list has their names; figures is every figure, one a row.\n\n" + asReported + exitTable,
		Example: "  qianqi export " + format + " --year 2026 -o 数据\n  qianqi export " + format + " --table figures -o figures." + format,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runExportTables(cmd, o) },
	}
	bindReported(cmd, &o.in.AnalyzeOptions)
	bindReportedPages(cmd, &o.in.AnalyzeOptions)
	cmd.Flags().IntVar(&o.in.Year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().StringSliceVar(&o.in.Tables, "table", nil, "表名或式样，如 figures 或 'iot-*' table name or pattern (default: all)")
	o.to.bind(cmd, "写到此文件夹或文件 folder or file to write; - is standard output")
	if format == "json" {
		cmd.Flags().BoolVar(&o.schema, "schema", false, "只写出 JSON Schema print the JSON Schema of the document and nothing else")
	}
	return cmd
}

func runExportTables(cmd *cobra.Command, o exportTablesOptions) error {
	if o.schema {
		_, err := cmd.OutOrStdout().Write(campaign.TablesSchema())
		return err
	}
	return o.app.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
		files, err := c.Export(ctx, o.in)
		if err != nil {
			return asUsage(err)
		}
		return o.to.write(cmd, files)
	})
}

func newExportListCmd(a *app) *cobra.Command {
	var in campaign.AnalyzeOptions
	asJSON := false
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "可导出的表 the tables that can be exported",
		Example: "  qianqi export list --year 2026",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				names, err := c.TableNames(ctx, in)
				if err != nil {
					return asUsage(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), names)
				}
				for _, n := range names {
					fmt.Fprintf(cmd.OutOrStdout(), "%-44s %5d  %s\n", n.Name, n.Rows, n.Title.ZH)
				}
				return nil
			})
		},
	}
	bindReported(cmd, &in)
	cmd.Flags().IntVar(&in.Year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func newExportBriefCmd(a *app) *cobra.Command {
	var in campaign.BriefOptions
	var to exportTo
	language := "zh"
	cmd := &cobra.Command{
		Use:   "brief",
		Short: "一页简报，可放进会议纪要 a one-page brief per programme, ready for the minutes",
		Long: `每个专业一页 A4：结论、问了谁、差距及误差、涉及的模块、变化、此前的决定与检验、不能据此断言的、会议决定与签字栏。
缺省为 .docx（Word、WPS 可改）；--pdf 用本机的 Chromium、Chrome 或 Edge 印成 PDF。

One page of A4 per programme: the finding, who was asked, gaps with their error, the modules that
touch them, what changed, earlier decisions and their test, what must not be concluded, and room
for the decision and signatures. As .docx for Word and WPS; --pdf prints it with the Chromium,
Chrome or Edge of this machine.

` + asReported + exitTable,
		Example: "  qianqi export brief --programme computer_network -o 简报.docx\n  qianqi export brief --pdf -o 简报",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if language != "zh" && language != "en" {
				return usageError("--language 只能是 zh 或 en", "--language is zh or en")
			}
			in.English = language == "en"
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				files, err := c.Briefs(ctx, in)
				if err != nil {
					return asUsage(err)
				}
				return to.write(cmd, files)
			})
		},
	}
	bindReported(cmd, &in.AnalyzeOptions)
	bindReportedPages(cmd, &in.AnalyzeOptions)
	cmd.Flags().IntVar(&in.Year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().StringVar(&in.Programme, "programme", "", "专业的代码或名称 code or name of a programme (default: every one)")
	cmd.Flags().StringVar(&language, "language", "zh", "语言 language: zh or en")
	cmd.Flags().BoolVar(&in.PDF, "pdf", false, "写成 PDF write PDF")
	to.bind(cmd, "写到此文件夹或文件 folder or file to write; - is standard output")
	return cmd
}

func newExportNationalCmd(a *app) *cobra.Command {
	var in campaign.NationalOptions
	var to exportTo
	cmd := &cobra.Command{
		Use:   "national",
		Short: "国家访企拓岗表（仅供调研办） the national form of enterprise visits, for the office only",
		Long: `把一年的走访填入国家访企拓岗表，一次走访一行，27 个字段、表头与原表相同。调研没有问的留空并说明原因，绝不代填；
要补填的单元格列在“待补”工作表。含企业与教师名称：仅供调研办，导出会记入审计。

Fills the national form of enterprise visits, a row a visit, with the form's own 27 headers. What the
survey does not ask is left blank and says why; nothing is made up. Cells that the office has to
fill in are listed on a sheet of their own. It names enterprises and teachers: for the survey office
only, and taking it out is recorded in the audit log.

` + exitTable,
		Example: "  qianqi export national --year 2026 --school 1234567890 -o 访企拓岗.xlsx",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				form, err := c.National(ctx, in)
				if err != nil {
					return asUsage(err)
				}
				if err := to.write(cmd, []campaign.File{{Name: fmt.Sprintf("访企拓岗-%d-仅供调研办.xlsx", form.Year), Data: form.Data}}); err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.ErrOrStderr(), "仅供调研办：含企业与教师名称；导出已记入审计。%d 次走访，填 %d 个字段，%d 个字段调研不问，%d 格待补。\n"+
					"For the survey office only: it names enterprises and teachers; taking it out is on record. %s; %s filled, %d not asked, %s to fill in.\n",
					form.Visits, form.Filled, form.Blank, form.Gaps, codebook.Count(form.Visits, "visit"), codebook.Count(form.Filled, "field"), form.Blank, codebook.Count(form.Gaps, "cell"))
				return err
			})
		},
	}
	cmd.Flags().IntVar(&in.Year, "year", 0, "调研年份 campaign year (default: the newest in the database)")
	cmd.Flags().StringVar(&in.School, "school", "", "学校代码 national code of the school (default: left blank)")
	cmd.Flags().StringVar(&in.By, "by", "", "导出人，记入审计 who takes it out, for the audit log (default: the operating system's user)")
	to.bind(cmd, "写到此文件夹或文件 folder or file to write; - is standard output")
	return cmd
}

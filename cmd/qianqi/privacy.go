package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newUserExportCmd(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "export LOGIN", Short: "导出一个人的全部信息 everything that is kept about a person, as JSON", Args: oneArgument("LOGIN", "工号或登录名 staff number or login"),
		Long: `导出库里关于一个人的全部信息：姓名、账号、会话、走访、任务、交来的文件、留言、日志。没有账号的人用工号。
导出本身记入日志。

Everything that is kept about a person: names, account, sessions, visits, assignments, files handed in,
remarks, records of the log. Whoever has no account is found by staff number. The export is on the log.`,
		Example: "  qianqi user export 001013 -o 001013.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				p, err := c.ExportPerson(ctx, args[0], commandAct())
				if err != nil {
					return asRequest(err)
				}
				var b bytes.Buffer
				if err := printJSON(&b, p); err != nil {
					return err
				}
				return writeOut(cmd, out, b.Bytes())
			})
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "-", "输出文件 file to write; - is standard output")
	return cmd
}

func newUserEraseCmd(a *app) *cobra.Command {
	var r campaign.EraseRequest
	var reports string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "erase LOGIN", Short: "清除一个人的个人信息 put a pseudonym in a person's place everywhere", Args: oneArgument("LOGIN", "工号或登录名 staff number or login"),
		Long: `清除一个人的个人信息，不能撤销。先用 --dry-run 看会改什么。
- 走访、名册、任务、文件名、问题清单里的工号和姓名换成化名；答卷和各项数字不变。
- 账号和会话删除。操作日志一个字也不改：它只按账号编号（u17）记人，链仍可核对。
- 交来的原文件销毁，代之以只有单元格值、位置不变、不含此人的副本；数据库随后重写，旧页不留痕迹。
- 被退回的文件只留下文件名和问题：一并换掉，退回件删除。只凭文件名、教师工号一格、退回件或其更正认人。
  它若还在收件处，以后的 run 不再读它，只报 X007，直到您删除它。
- 可能只是碰巧的数不算数：日期、不足六位又与别人的工号同在文件名里的数、金额；已接受的文件只看答卷写着谁。
  这样的文件不动，文件名会列出来，请人工判断。
- 答卷的自由文字不改（名字可能就是普通词），出现姓名的单元格会列出来，请人工判断。
- 管不到的：已发布的报告若写着含工号的文件名，请重出（qianqi run --force）；备份按 --keep 到期；
  恢复时改名保存的旧库（qianqi.db.replaced-…）和升级前的副本（qianqi.db.schema-….bak）里仍有此人，
  请自行删除，qianqi doctor 会列出；收件文件夹里的原表也请自行删除；命令行 --by 手写的工号在日志里。

Erases a person's data for good; look with --dry-run first. Staff number and name in visits, rosters,
assignments, file names and issues become a pseudonym; answers and figures stay. Account and sessions
go. The log stays as it is: it knows people by account number, and its chain still verifies. Files as
handed in are destroyed; a copy of their values without the person, every cell at its place, stands for
them; the database is rewritten so that no old page remains. Of refused files the names and issues are
kept: these go too, and so do the returned copies. Such a file is known by its name, its cell for the
staff number, its returned copy, or its correction; where it still lies it is not read again, and every
run says X007 until you delete it. A number that may stand there by chance does not count: a date, fewer
than six digits beside somebody else's number, an amount; of accepted files the answers alone say whose
they are. Such files are left alone, and their names listed. Free text of answers is left alone, and
the cells that hold the name are listed. Out of reach: reports that name a file after a person (make
them again), backups until --keep lets them go, databases that a restore put aside
(qianqi.db.replaced-…) and copies from before an upgrade (qianqi.db.schema-….bak), which qianqi doctor
lists for you to delete, the inbox, and what was typed after --by.`,
		Example: "  qianqi user erase 001013 --dry-run\n  qianqi user erase 001013 --reason \"本人申请，2026-11-02\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Staff = args[0]
			return a.withCampaign(cmd, store.Options{ReadOnly: r.Dry, MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				r.Pending = pendingBeside(c.Store.Path())
				r.Returns = filepath.Join(reports, "returns")
				e, err := c.ErasePerson(ctx, r, commandAct())
				if err != nil {
					return asRequest(err)
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), e)
				}
				return printErasure(cmd.OutOrStdout(), e, r.Dry)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&r.Reason, "reason", "", "理由，必填，会留存 the reason, required and kept")
	flags.BoolVar(&r.Dry, "dry-run", false, "只看会改什么 only say what would change")
	flags.StringVar(&reports, "out", "reports", "报告文件夹；其中的退回件一并清除 folder of reports, whose returned workbooks go too")
	flags.BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// pendingBeside is the folder where uploads of the web pages wait.
func pendingBeside(db string) string { return strings.TrimSuffix(db, ".db") + ".pending" }

func printErasure(w io.Writer, e *campaign.Erasure, dry bool) error {
	if dry {
		fmt.Fprintf(w, "将清除：走访 %d 次，名册 %d 份，原文件 %d 份\nwould be erased from %s, %s and %s\n", e.Visits, e.Rosters, e.Files,
			codebook.Count(e.Visits, "visit"), codebook.Count(e.Rosters, "roster"), codebook.Count(e.Files, "file"))
	} else {
		fmt.Fprintf(w, "已清除，化名 %s：走访 %d 次，名册 %d 份，原文件 %d 份，其他记录 %d 条\nerased from %s, %s, %s and %s; the pseudonym is %s\n",
			e.Pseudonym, e.Visits, e.Rosters, e.Files, e.Records,
			codebook.Count(e.Visits, "visit"), codebook.Count(e.Rosters, "roster"), codebook.Count(e.Files, "file"), codebook.Count(e.Records, "other record"), e.Pseudonym)
	}
	for _, place := range e.FreeText {
		fmt.Fprintf(w, "自由文字里有姓名，未改 the name stands in free text, left alone: %s\n", place)
	}
	for _, name := range e.Sources {
		fmt.Fprintf(w, "若收件处还有这个文件，请删除 delete it wherever it still lies: %s\n", campaign.Printable(name))
	}
	for _, name := range e.Alike {
		fmt.Fprintf(w, "文件名里有这个数，但看不出文件是此人的，未改，请人工判断 the number stands in the name of a file not known to be theirs, left alone: %s\n", campaign.Printable(name))
	}
	return nil
}

func newRetentionCmd(a *app) *cobra.Command {
	var years int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "retention",
		Short: "个人信息的保存期限 how long personal data of a campaign are kept",
		Long: `不带参数：显示期限，以及下一次 qianqi run 会清除什么（试算，不改动）。
--years 5：一个年度的个人信息再保存 5 年；之后的第一次 qianqi run 把那个年度里每个人的工号和姓名换成
化名（见 qianqi user erase --help），答卷和数字不变，账号不动。--years 0：不自动清除。

Without a flag it shows the retention and what the next qianqi run would erase, without changing
anything. With --years 5 personal data of a campaign are kept for the five years after its own; the
first run after that puts pseudonyms in the place of everybody in that campaign. --years 0 erases
nothing by itself.`,
		Example: "  qianqi retention\n  qianqi retention --years 5",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			set := cmd.Flags().Changed("years")
			return a.withCampaign(cmd, store.Options{ReadOnly: !set, MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
				if set {
					if err := c.SetRetention(ctx, years, commandAct()); err != nil {
						return asRequest(err)
					}
				}
				x, err := c.ExpirePeople(ctx, true, commandAct())
				if err != nil || asJSON {
					return orJSON(cmd.OutOrStdout(), x, err)
				}
				return printRetention(cmd.OutOrStdout(), x)
			})
		},
	}
	cmd.Flags().IntVar(&years, "years", 0, "保存几年；0 为不自动清除 years after the campaign's own; 0 erases nothing by itself")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printRetention(w io.Writer, x *campaign.Expired) (err error) {
	if x.Years == 0 {
		_, err = fmt.Fprintln(w, "没有设保存期限：不自动清除。No retention is set; nothing is erased by itself.")
		return err
	}
	fmt.Fprintf(w, "保存 %d 年：%d 年及以前的个人信息到期。Kept %s: personal data of %d and before are due.\n", x.Years, x.Until, codebook.Count(x.Years, "year"), x.Until)
	if x.People == 0 {
		_, err = fmt.Fprintln(w, "没有到期的。Nothing is due.")
		return err
	}
	_, err = fmt.Fprintf(w, "下一次 qianqi run 会清除 %d 人：走访 %d 次，名册 %d 份，原文件 %d 份。The next run erases %s from %s, %s and %s.\n",
		x.People, x.Visits, x.Rosters, x.Files,
		codebook.Count(x.People, "person"), codebook.Count(x.Visits, "visit"), codebook.Count(x.Rosters, "roster"), codebook.Count(x.Files, "file"))
	return err
}

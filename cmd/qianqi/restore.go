package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func newRestoreCmd(a *app) *cobra.Command {
	o := campaign.RestoreOptions{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restore BACKUP",
		Short: "从备份恢复 put a backup in the place of the database",
		Long: `先通读并核对备份，再放到 --db 的位置，连同原始文件。BACKUP 为 qianqi backup 写出的文件夹，或
latest（--from 下最近的一份：恢复之后做的备份，新于恢复之前的）。已有数据库时拒绝；--force 先把它改名保存，绝不删除（里面仍有其后清除的人，
不再需要时请自行删除），但有程序（如 qianqi serve）正打开着它时仍拒绝：先结束那个程序。恢复是一次改名：中途被打断时，或已全部完成，
或原数据库在原处，或已改名保存；后两种情况再运行一次即可，在此之前其他命令不会另建数据库。
Proves the backup first, then puts it at --db with its originals. BACKUP is a folder written by qianqi
backup, or latest: the newest one in --from, where a backup made after a restore is newer than those from
before it. A database that stands there is refused; --force moves it
aside, it is never deleted. It still names people who are erased later: delete it once nobody needs it.
While a program has it open, say qianqi serve, it is refused all the same: end that program first. A
restore is one rename: cut off, it is done, or that database is in its place or put aside; then run it
again. Until then no other command makes a new database there.

` + exitTable,
		Example: "  qianqi restore latest --force\n  qianqi restore /mnt/backup/qianqi/qianqi-20261231T020000Z --db 恢复.db",
		Args:    oneArgument("BACKUP", "latest"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Backup, o.DB, o.Now = args[0], a.db, a.now
			if o.Dir == "" {
				o.Dir = campaign.BackupsBeside(a.db)
			}
			r, err := campaign.Restore(cmd.Context(), o)
			if err != nil && r != nil && r.Aside != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "原数据库在 the database that stood there: %s\n", r.Aside)
			}
			if err != nil || asJSON {
				return orJSON(cmd.OutOrStdout(), r, asUsage(err))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "已从 %s 恢复：走访 %d\nrestored from %s: %s\n", r.Backup, r.Visits, r.Backup, codebook.Count(r.Visits, "visit"))
			if r.Aside != "" {
				fmt.Fprintf(cmd.OutOrStdout(), "原数据库在 the database that stood there: %s\n", r.Aside)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Dir, "from", "", "latest 在此文件夹里找 where latest is looked for (default: beside the database)")
	cmd.Flags().BoolVar(&o.Force, "force", false, "先把已有的数据库改名保存 move the database that stands there aside")
	cmd.Flags().StringVar(&o.By, "by", "", "操作人，记入审计日志 who restores, for the audit log")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newBackupCmd(a *app) *cobra.Command {
	var keep int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "backup [DIR]",
		Short: "在线备份并逐字节核对 back up database and originals, and prove the copy",
		Long: `把数据库与全部原始文件复制到 DIR 下的新文件夹；其他人可照常读写。复制后打开并通读一遍，
全部核对无误才算数。DIR 缺省为数据库旁的 <名称>.backups；请再复制一份到别的磁盘或机器。
DIR 里中断的备份（*.partial）随之清理。
Copies database and originals into a new folder below DIR while others go on working, then opens and
reads all of the copy before it counts. DIR is <name>.backups beside the database unless named; copy
it to another disk or machine as well. What interrupted backups left in DIR (*.partial) is cleared.

` + exitTable,
		Example: "  qianqi backup\n  qianqi backup /mnt/backup/qianqi --keep 14",
		Args:    argumentsBetween(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keep < 0 {
				return usageError(fmt.Sprintf("--keep %d 不行：写保留几份备份；0 为全部保留。", keep), fmt.Sprintf("--keep %d: give how many backups to keep; 0 keeps all.", keep))
			}
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				r, err := c.Backup(ctx, backupDir(a, args), keep)
				if err != nil || asJSON {
					return orJSON(cmd.OutOrStdout(), r, err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n已备份并核对：提交 %d，走访 %d，原始文件 %d，%.1f MiB\nbacked up and proved: %s, %s, %s\n",
					r.Folder, r.Submissions, r.Visits, r.Originals, float64(r.Bytes)/(1<<20), codebook.Count(r.Submissions, "submission"), codebook.Count(r.Visits, "visit"), codebook.Count(r.Originals, "original"))
				for _, gone := range r.Removed {
					fmt.Fprintf(cmd.OutOrStdout(), "清理旧备份 let go: %s\n", gone)
				}
				return nil
			})
		},
	}
	cmd.Flags().IntVar(&keep, "keep", 0, "保留几份备份，更旧的在新备份核对后删除；0 为全部保留 backups to keep; 0 keeps all")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// backupDir is the folder of backups: the one named, else beside the database.
func backupDir(a *app, args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return campaign.BackupsBeside(a.db)
}

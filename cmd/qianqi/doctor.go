package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

func newDoctorCmd(a *app) *cobra.Command {
	s := campaign.Setup{}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor [PATH…]",
		Short: "体检：配置、权限、磁盘、时钟、遗留 examine the set-up; every finding with a fix",
		Long: `不改任何东西，查看：编码簿、数据库（是不是本程序的、版本、损坏、网络盘）、权限、磁盘空间、时钟、
待读文件、报告文件夹、中断遗留、旧的数据库副本、最近的运行、备份、模板版本、报告是否丢失、被改动或过时、
名册与课程。
Looks, without changing anything, at codebook, database (ours, version, damage, network disk), rights,
disk space, clock, the files to be read, the folder of reports, leftovers, older copies of the database,
the last run, backups, template versions, reports gone, altered or out of date, roster and curriculum.
PATH is what run reads.

` + exitTable,
		Example: "  qianqi doctor\n  qianqi doctor /srv/inbox --db /srv/qianqi.db --out /srv/reports",
		RunE: func(cmd *cobra.Command, args []string) error {
			s.DB, s.Now, s.Program, s.Inbox = a.db, a.now, programID(), args
			if len(args) == 0 {
				s.Inbox = []string{"surveys"}
			}
			if s.Backups == "" {
				s.Backups = campaign.BackupsBeside(a.db)
			}
			s.Codebook, s.Bad = a.loadCodebook()
			e := campaign.Examine(cmd.Context(), s)
			return printFindings(cmd, e.Findings, asJSON, fmt.Sprintf("查了 %d 类问题，一切正常。", e.Checks), fmt.Sprintf("%d kinds of trouble looked for; all is well.", e.Checks))
		},
	}
	cmd.Flags().StringVar(&s.Reports, "out", "reports", "报告文件夹 folder of reports")
	cmd.Flags().StringVar(&s.Backups, "backups", "", "备份文件夹 folder of backups (default: beside the database)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

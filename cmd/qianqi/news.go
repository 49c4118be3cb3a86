package main

import (
	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/web"
)

// newsOptions say who is told what a run changed.
type newsOptions struct {
	webhook, form, eml string
}

func (o *newsOptions) bind(cmd *cobra.Command, in *campaign.RunOptions) {
	flags := cmd.Flags()
	flags.StringVar(&o.webhook, "webhook", envOr("QIANQI_WEBHOOK", ""), "有新内容或失败时把变化发到此网址（企业微信、钉钉、飞书群机器人或任意服务）；发不出只作提醒 post what changed to this address; failing is a warning (env QIANQI_WEBHOOK)")
	flags.Lookup("webhook").DefValue = "" // the address is a secret: it must not stand in --help
	flags.StringVar(&o.form, "webhook-form", "", "消息格式 form of the message: wecom, dingtalk, feishu or json (default: by the host, else json)")
	flags.StringVar(&o.eml, "eml", "", "有新内容或失败时把变化写成邮件文件 write what changed to this file as a mail message (.eml)")
	flags.StringVar(&in.Link, "link", "", "读者打开报告的网址，写进消息 address at which readers find the reports, for these messages")
}

// tell turns the flags into those who are told.
func (o *newsOptions) tell() ([]campaign.Tell, error) {
	var all []campaign.Tell
	if o.eml != "" {
		all = append(all, campaign.ToFile(o.eml))
	}
	if o.webhook != "" {
		form, err := campaign.HookForm(o.webhook, o.form)
		if err != nil {
			return nil, err
		}
		all = append(all, campaign.ToHook(o.webhook, form, web.Post))
	}
	return all, nil
}

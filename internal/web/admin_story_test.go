package web

import (
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// The administrator, from the first run to a backup and a log that was checked: an account with a first
// password, and a look at every page that is the administrator's alone.
func TestAdministratorInBrowser(t *testing.T) {
	s := newSite(t)
	s.roster()
	p := newPerson(t, s.open(), true)
	p.visit("/")
	p.sees("首次设置")
	p.look("admin-01-setup")
	p.fill("#token", s.SetupToken())
	p.fill("#login", "root")
	p.fill("#name", "样例管理员")
	p.fill("#password", aPassword)
	p.press("建立管理员账号")
	p.sees("设置完成", "1 个账号")
	p.look("admin-02-users")
	p.fill("form#add #login", "T901")
	p.fill("form#add #name", "样例教师")
	p.fill("form#add #department", "通信系")
	p.press("form#add button")
	p.sees("把初始密码交给本人", "T901")
	p.look("admin-03-first")
	p.press("到这个账号")
	p.sees("T901", "样例教师")
	p.look("admin-04-user")
	s.add("sec", campaign.Secretary)
	s.clock.add(proofLife + time.Second)
	p.fill("#department", "通信工程系")
	p.press("保存")
	p.sees("请再确认是您本人", "还什么都没有做")
	p.look("admin-04-prove")
	p.fill("#proof", aPassword)
	p.press("确认并继续")
	p.sees("已保存")

	for _, page := range []struct{ path, name, says string }{
		{"/admin/import", "admin-05-import", "导入名单"},
		{"/admin/departments", "admin-06-departments", "通信系"},
		{"/admin/sessions", "admin-07-sessions", "样例管理员"},
		{"/admin/log", "admin-08-log", "核对整条链"},
		{"/admin/privacy?person=T901", "admin-09-privacy", "样例教师"},
		{"/admin/health", "admin-10-health", "数据库"},
		{"/admin/backups", "admin-11-backups", "现在备份"},
	} {
		p.visit(page.path)
		p.sees(page.says)
		p.look(page.name)
	}
	p.press("现在备份")
	p.sees("备份已做好", "下载 zip")
	p.look("admin-12-backup")
	p.visit("/admin/log")
	p.press("核对整条链")
	p.sees("日志完好")
	p.look("admin-13-verified")
}

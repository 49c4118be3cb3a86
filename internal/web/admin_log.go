package web

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// logLine is one record of the log as a person reads it.
type logLine struct {
	campaign.AuditEntry
	Who   string // the person's name, or what the log says
	What  codebook.Text
	About string // a name for the object, "" where its own says it best
	Link  string // the page of the object, "" where there is none
	More  string // the detail as words
}

// actions names the actions of the log. One that is not here is shown by its own name.
var actions = map[string]codebook.Text{
	"access.refused":        text("无权访问，已拒绝", "refused: not for this role"),
	"account.added":         text("添加账号", "account added"),
	"account.changed":       text("更改账号", "account changed"),
	"account.disabled":      text("停用账号", "account disabled"),
	"account.enabled":       text("启用账号", "account enabled"),
	"account.erased":        text("删除账号", "account erased"),
	"account.moved":         text("更改部门", "moved to another department"),
	"account.password":      text("设置密码", "password set"),
	"account.seen":          text("查看账号", "account seen"),
	"audit.exported":        text("导出日志", "log exported"),
	"audit.verified":        text("核对日志", "log verified"),
	"backup.exported":       text("下载备份", "backup downloaded"),
	"backup.made":           text("制作备份", "backup made"),
	"campaign.frozen":       text("冻结年度", "year frozen"),
	"campaign.open":         text("重新开放年度", "year opened again"),
	"comment.accepted":      text("审核通过", "approved"),
	"comment.remark":        text("留言", "remark"),
	"comment.returned":      text("退回更正", "sent back"),
	"comment.taken_back":    text("收回留言", "remark taken back"),
	"enterprise.distinct":   text("认定为两家企业", "enterprises told apart"),
	"enterprise.merged":     text("合并企业", "enterprises merged"),
	"enterprise.renamed":    text("企业改名", "enterprise renamed"),
	"enterprise.split":      text("拆分企业", "enterprise split"),
	"enterprise.undone":     text("撤销合并或拆分", "merge or split undone"),
	"person.erased":         text("清除个人信息", "personal data erased"),
	"person.exported":       text("导出个人信息", "personal data exported"),
	"proposal.addressed":    text("提案送达评审人", "proposal addressed"),
	"proposal.decided":      text("决定提案", "proposal decided"),
	"proposal.opened":       text("提出提案", "proposal opened"),
	"proposal.reviewed":     text("评审提案", "proposal reviewed"),
	"report.seen":           text("查看报告", "report read"),
	"report.exported":       text("导出报告", "report exported"),
	"retention.set":         text("更改保存期限", "retention set"),
	"roster.exported":       text("下载名册", "roster exported"),
	"rule.confirmed":        text("确认提醒", "remark confirmed"),
	"rule.waived":           text("豁免规则", "rule waived"),
	"run.failed":            text("运行失败", "run failed"),
	"run.finished":          text("运行完成", "run finished"),
	"run.redacted":          text("清除运行记录里的个人信息", "personal data erased from a run's record"),
	"session.all_ended":     text("结束全部会话", "all sessions ended"),
	"session.ended":         text("退出", "signed out"),
	"session.refused":       text("登录被拒绝", "sign-in refused"),
	"session.started":       text("登录", "signed in"),
	"submission.accepted":   text("收下", "taken"),
	"submission.exported":   text("下载走访表", "workbook downloaded"),
	"submission.reinstated": text("恢复提交", "reinstated"),
	"submission.seen":       text("查看走访", "visit seen"),
	"submission.superseded": text("更正取代", "taken as a correction"),
	"submission.withdrawn":  text("撤回", "withdrawn"),
}

// everyone are the names of people by their number on the log.
func (c *call) everyone() (map[string]campaign.Account, error) {
	accounts, err := c.campaign().Store.Accounts(c.ctx())
	out := make(map[string]campaign.Account, len(accounts))
	for _, a := range accounts {
		out[a.ID.Actor()] = a
	}
	return out, err
}

// logLines reads the records that a filter picks.
func (c *call) logLines(f campaign.AuditFilter) ([]logLine, error) {
	people, err := c.everyone()
	if err != nil {
		return nil, err
	}
	var lines []logLine
	err = c.campaign().Store.FindAudit(c.ctx(), f, func(e campaign.AuditEntry) error {
		lines = append(lines, lineOf(e, people))
		return nil
	})
	return lines, err
}

func lineOf(e campaign.AuditEntry, people map[string]campaign.Account) logLine {
	l := logLine{AuditEntry: e, Who: e.Actor, What: text(e.Action, ""), More: words(e.Detail)}
	if named, ok := actions[e.Action]; ok {
		l.What = named
	}
	if a, ok := people[e.Actor]; ok {
		l.Who = a.Name
	}
	kind, id, _ := strings.Cut(e.Object, "/")
	switch {
	case kind == "account":
		if a, ok := people["u"+id]; ok {
			l.About, l.Link = a.Name+"（"+a.Login+"）", "/admin/users/"+id
		}
	case kind == "submission":
		l.About = "No. " + id
	}
	return l
}

// words are a record's detail as name: value pairs, in order.
func words(detail string) string {
	var values map[string]any
	if json.Unmarshal([]byte(detail), &values) != nil {
		return detail
	}
	var out []string
	for name, value := range values {
		data, _ := json.Marshal(value)
		out = append(out, name+": "+strings.Trim(string(data), `"`))
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// logAsk is what the form above the log asks for.
type logAsk struct {
	Person, Action, Object, From, Until string
}

func (c *call) logAsk() logAsk {
	q := c.r.URL.Query()
	word := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	return logAsk{word("person"), word("action"), word("object"), word("from"), word("until")}
}

// Query is the question as part of an address.
func (a logAsk) Query() string {
	q := url.Values{}
	for name, value := range map[string]string{"person": a.Person, "action": a.Action, "object": a.Object, "from": a.From, "until": a.Until} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// filter turns the question into a filter. A person is named by login, by name or by number ("u17").
func (c *call) filter(a logAsk) (f campaign.AuditFilter, problem codebook.Text, err error) {
	f = campaign.AuditFilter{Action: a.Action, About: a.Object}
	if a.Person != "" {
		if f, problem, err = c.person(f, a.Person); err != nil || problem.ZH != "" {
			return f, problem, err
		}
	}
	for _, d := range []struct {
		text string
		into *time.Time
		days int
	}{{a.From, &f.From, 0}, {a.Until, &f.Until, 1}} {
		if d.text == "" {
			continue
		}
		day, err := time.ParseInLocation(time.DateOnly, d.text, beijing)
		if err != nil {
			return f, text("日期要写成 2026-06-30。", "A date is written 2026-06-30."), nil
		}
		*d.into = day.AddDate(0, 0, d.days)
	}
	return f, problem, nil
}

func (c *call) person(f campaign.AuditFilter, who string) (campaign.AuditFilter, codebook.Text, error) {
	people, err := c.everyone()
	if err != nil {
		return f, codebook.Text{}, err
	}
	if a, ok := people[who]; ok {
		f.Person = a.ID
		return f, codebook.Text{}, nil
	}
	for _, a := range people {
		if strings.EqualFold(a.Login, who) || a.Name == who {
			if f.Person != 0 {
				return f, text("有几个账号叫这个名字，请改用工号。", "Several accounts have that name; use the login."), nil
			}
			f.Person = a.ID
		}
	}
	if f.Person == 0 { // an erased account, the operator, a provider: by what the log says
		f.Actor = who
	}
	return f, codebook.Text{}, nil
}

// logRows is how many records a page of the log shows.
const logRows = 100

type logView struct {
	logAsk
	Lines   []logLine
	Older   campaign.Moment // the next page begins below this record; 0 is none
	Actions []actionChoice
	Head    campaign.AuditHead
	Verdict *verdictView
	Problem codebook.Text
}

type actionChoice struct {
	Name string
	Text codebook.Text
}

// verdictView is what verifying the log found.
type verdictView struct {
	Sound  bool
	Broken campaign.Moment
	Head   campaign.AuditHead
}

// logPage shows who changed, saw and exported what.
func logPage(c *call) error { return c.logPage(nil) }

func (c *call) logPage(verdict *verdictView) error {
	v := logView{logAsk: c.logAsk(), Verdict: verdict}
	f, problem, err := c.filter(v.logAsk)
	if err != nil {
		return err
	}
	v.Problem = problem
	before, _ := strconv.ParseInt(c.r.URL.Query().Get("before"), 10, 64)
	f.Before, f.Limit = campaign.Moment(before), logRows+1
	if problem.ZH == "" {
		if v.Lines, err = c.logLines(f); err != nil {
			return err
		}
	}
	if len(v.Lines) > logRows {
		v.Lines = v.Lines[:logRows]
		v.Older = v.Lines[logRows-1].Seq
	}
	if v.Actions, err = c.actionChoices(); err != nil {
		return err
	}
	if v.Head, err = c.campaign().Store.AuditHead(c.ctx()); err != nil {
		return err
	}
	return c.page(http.StatusOK, "admin_log", v)
}

func (c *call) actionChoices() ([]actionChoice, error) {
	names, err := c.campaign().Store.AuditActions(c.ctx())
	list := make([]actionChoice, len(names))
	for i, n := range names {
		list[i] = actionChoice{n, text(n, "")}
		if named, ok := actions[n]; ok {
			list[i].Text = named
		}
	}
	return list, err
}

// verifyLog computes the chain anew, as qianqi audit verify does.
func verifyLog(c *call) error {
	c.patiently()
	broken, err := c.campaign().Store.VerifyAudit(c.ctx())
	if err != nil {
		return err
	}
	v := &verdictView{Sound: broken == 0, Broken: broken}
	if v.Head, err = c.campaign().Store.AuditHead(c.ctx()); err != nil {
		return err
	}
	c.record("audit.verified", "audit", map[string]string{"sound": strconv.FormatBool(v.Sound)})
	return c.logPage(v)
}

// logFile is the log, or what the filter picks of it, as CSV. It is written as it is read.
func logFile(c *call) error {
	ask := c.logAsk()
	f, problem, err := c.filter(ask)
	if err != nil {
		return err
	}
	if problem.ZH != "" {
		return fail(http.StatusUnprocessableEntity, problem.ZH, problem.EN)
	}
	people, err := c.everyone()
	if err != nil {
		return err
	}
	c.record("audit.exported", "audit", map[string]string{"filter": ask.Query()})
	c.attach("日志-"+stamp(c.s.now(), "20060102")+".csv", "text/csv; charset=utf-8")
	out := c.steadily()
	_, _ = out.Write([]byte("\ufeff"))
	w := csv.NewWriter(out)
	w.UseCRLF = true
	_ = w.Write([]string{"序号 seq", "时间 time", "账号 actor", "姓名 name", "操作 action", "说明 meaning", "对象 object", "细节 detail", "散列 hash"})
	err = c.campaign().Store.FindAudit(c.ctx(), f, func(e campaign.AuditEntry) error {
		l := lineOf(e, people)
		row := []string{strconv.FormatInt(int64(e.Seq), 10), e.At.In(beijing).Format(time.RFC3339), e.Actor, l.Who, e.Action, l.What.ZH, e.Object, e.Detail, e.Hash}
		for i := range row {
			row[i] = campaign.Inert(campaign.Printable(row[i]))
		}
		return w.Write(row)
	})
	w.Flush()
	if err = errors.Join(err, w.Error()); err != nil {
		c.s.Log.Warn("log not sent whole", "error", err.Error())
		panic(http.ErrAbortHandler) // the browser must see a broken download, not a short file
	}
	return nil
}

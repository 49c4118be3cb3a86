package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// scope is the department that the person sees of the office's pages; "" is the whole college.
func (c *call) scope() string {
	if c.has(campaign.Office) {
		return ""
	}
	return cmp.Or(c.me.Department, "\x00") // no department is not every department
}

type campaignView struct {
	*campaign.Progress
	Years []int
	Curve curve
}

// campaignPage shows the office where the campaign stands.
func campaignPage(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	p, err := c.campaign().Progress(c.ctx(), year, c.scope())
	if err != nil {
		return err
	}
	v := campaignView{Progress: p, Curve: drawCurve(p)}
	if v.Years, err = c.years(year); err != nil {
		return err
	}
	return c.page(http.StatusOK, "campaign", v)
}

// curve is the campaign's curve as the page draws it: coordinates in a box of 720 × 220.
type curve struct {
	Expected, Done string // points of a polyline
	Today          float64
	Target         float64
	Last           [2]float64 // where the line of what is done ends
	Marks          []curveMark
	Top            int
	Show           bool
}

type curveMark struct {
	X    float64
	Text string
}

// The box of the curve, inside its margins.
const (
	curveLeft, curveRight = 44.0, 704.0
	curveTop, curveBottom = 14.0, 190.0
)

func drawCurve(p *campaign.Progress) curve {
	n := len(p.Weeks)
	top := max(p.Target, p.Done, 1)
	if n < 2 {
		return curve{}
	}
	x := func(i int) float64 { return curveLeft + (curveRight-curveLeft)*float64(i)/float64(n-1) }
	y := func(v int) float64 { return curveBottom - (curveBottom-curveTop)*float64(v)/float64(top) }
	c := curve{Top: top, Target: y(p.Target), Show: true, Today: -1}
	var expected, done []string
	for i, w := range p.Weeks {
		expected = append(expected, fmt.Sprintf("%.1f,%.1f", x(i), y(w.Expected)))
		if w.Done >= 0 {
			done = append(done, fmt.Sprintf("%.1f,%.1f", x(i), y(w.Done)))
			c.Today, c.Last = x(i), [2]float64{x(i), y(w.Done)}
		}
		if step := max(1, n/6); i%step == 0 {
			c.Marks = append(c.Marks, curveMark{x(i), string(w.End)[5:]})
		}
	}
	c.Expected, c.Done = strings.Join(expected, " "), strings.Join(done, " ")
	return c
}

type remindersView struct {
	Year  int
	Years []int
	List  []campaign.Reminder
}

// remindersPage writes the messages that remind people; sending them is the office's.
func remindersPage(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	address := ""
	if c.s.Public != nil {
		address = c.s.Public.String()
	}
	v := remindersView{Year: year}
	if v.List, err = c.campaign().Reminders(c.ctx(), year, c.scope(), address); err != nil {
		return err
	}
	if v.Years, err = c.years(year); err != nil {
		return err
	}
	return c.page(http.StatusOK, "reminders", v)
}

type reviewView struct {
	Year    int
	Years   []int
	Queue   []campaign.ToReview
	Refused []campaign.RefusedFile
	Names   map[string]string
	Left    int
}

// reviewPage is the office's queue: what asks for a look, and what came back unmended.
func reviewPage(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	v := reviewView{Year: year}
	if v.Queue, err = c.campaign().HandIns(c.ctx(), year, c.scope()); err != nil {
		return err
	}
	for _, q := range v.Queue {
		if !q.Approved && !q.Sent {
			v.Left++
		}
	}
	if v.Refused, err = c.campaign().Refused(c.ctx(), year, c.scope()); err != nil {
		return err
	}
	if v.Names, err = c.names(); err != nil {
		return err
	}
	if v.Years, err = c.years(year); err != nil {
		return err
	}
	return c.page(http.StatusOK, "review", v)
}

// say records what somebody says about a submission; a verdict is for whoever manages it.
func (c *call) say(s campaign.Say) error {
	r, share, err := c.slipOf()
	if err != nil {
		return err
	}
	if s.Kind != campaign.Remark && !share.Manages {
		return fail(http.StatusForbidden, "这份表不归您的部门审核。", "This is not your department's to decide on.")
	}
	s.Submission = r.Submission
	if err := c.campaign().Say(c.ctx(), s, c.act("")); err != nil {
		return err
	}
	return redirect("/receipts/" + number(r.Submission) + "?done=said")
}

func approve(c *call) error {
	return c.say(campaign.Say{Kind: campaign.Approved, Text: c.form("text")})
}

func sendBack(c *call) error {
	return c.say(campaign.Say{Kind: campaign.SentBack, Text: c.form("text"), Sheet: c.form("sheet"), Cell: c.form("cell"), LeaveOut: c.form("leave_out") != ""})
}

func remark(c *call) error {
	return c.say(campaign.Say{Kind: campaign.Remark, Text: c.form("text"), Sheet: c.form("sheet"), Cell: c.form("cell")})
}

type refusedView struct {
	*campaign.RefusedFile
	Rules []ruleChoice
	Names map[string]string
	List  []issueView
}

// ruleChoice is a rule of a refused file that may be let pass.
type ruleChoice struct {
	Code  codebook.RuleID
	Title codebook.Text
}

// refusedOf is the refused file that the address names.
func (c *call) refusedOf() (*campaign.RefusedFile, error) {
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errNoPage
	}
	return c.campaign().RefusedFile(c.ctx(), campaign.AttemptID(id))
}

// refusedPage shows why a file was refused, and lets the office waive a rule.
func refusedPage(c *call) error {
	f, err := c.refusedOf()
	if err != nil {
		return err
	}
	v := refusedView{RefusedFile: f}
	seen := make(map[codebook.RuleID]bool)
	for i := range f.Issues {
		issue := &f.Issues[i]
		v.List = append(v.List, issueView{Issue: issue, Place: campaign.Place(*issue)})
		rule, ok := c.campaign().Codebook.Rule(issue.Code)
		if ok && !seen[rule.Code] && issue.Severity == codebook.SeverityError && issue.Open() && campaign.Waivable(rule) {
			seen[rule.Code] = true
			v.Rules = append(v.Rules, ruleChoice{rule.Code, rule.Title})
		}
	}
	if v.Names, err = c.names(); err != nil {
		return err
	}
	return c.page(http.StatusOK, "refused", v)
}

// waive lets a rule pass for one file; its person hands it in again.
func waive(c *call) error {
	f, err := c.refusedOf()
	if err != nil {
		return err
	}
	if c.form("reason") == "" {
		return fail(http.StatusUnprocessableEntity, "请写明豁免的理由。", "Give the reason for the waiver.")
	}
	if err := c.campaign().Waive(c.ctx(), f.SHA256, codebook.RuleID(c.form("code")), c.act(c.form("reason"))); err != nil {
		return err
	}
	return redirect("/refused/" + number(f.ID) + "?done=waived")
}

type enterprisesView struct {
	Pairs  []campaign.ReviewPair
	Merged []mergeView
	Names  map[string]string
}

// mergeView is a merge that holds.
type mergeView struct {
	campaign.EnterpriseAct
	From, To string
}

// enterprisesPage asks of pairs of enterprises whether they are one.
func enterprisesPage(c *call) error {
	var v enterprisesView
	var err error
	if v.Pairs, err = c.campaign().ReviewQueue(c.ctx()); err != nil {
		return err
	}
	acts, err := c.campaign().EnterpriseActs(c.ctx())
	if err != nil {
		return err
	}
	all, err := c.campaign().Enterprises(c.ctx(), "")
	if err != nil {
		return err
	}
	names := make(map[campaign.EnterpriseID]string, len(all))
	for _, e := range all {
		names[e.ID] = e.Name
	}
	for _, a := range slices.Backward(acts) {
		if a.Kind == "merge" && a.UndoneBy == "" {
			v.Merged = append(v.Merged, mergeView{a, names[a.Enterprise], names[a.Into]})
		}
	}
	if v.Names, err = c.names(); err != nil {
		return err
	}
	return c.page(http.StatusOK, "enterprises", v)
}

// decidePair decides whether two enterprises are one.
func decidePair(c *call) error {
	a, errA := strconv.ParseInt(c.form("a"), 10, 64)
	b, errB := strconv.ParseInt(c.form("b"), 10, 64)
	if errA != nil || errB != nil || a == b {
		return fail(http.StatusBadRequest, "没有指明两家企业。", "Two enterprises are needed.")
	}
	from, into := campaign.EnterpriseID(a), campaign.EnterpriseID(b)
	var err error
	switch c.form("is") {
	case "two":
		err = c.campaign().Store.MarkDistinct(c.ctx(), from, into, c.act(c.form("reason")))
	case "first":
		err = c.campaign().Store.MergeEnterprises(c.ctx(), into, from, c.act(c.form("reason")))
	case "second":
		err = c.campaign().Store.MergeEnterprises(c.ctx(), from, into, c.act(c.form("reason")))
	default:
		err = fail(http.StatusBadRequest, "请选择是一家还是两家。", "Say whether they are one or two.")
	}
	if err != nil {
		return err
	}
	return redirect("/enterprises?done=saved")
}

// undoMerge makes two enterprises out of one again.
func undoMerge(c *call) error {
	id, err := strconv.ParseInt(c.form("act"), 10, 64)
	if err != nil {
		return fail(http.StatusBadRequest, "没有指明要撤销哪一次合并。", "Which merge is to be undone?")
	}
	if err := c.campaign().Store.UndoEnterpriseAct(c.ctx(), id, c.act(c.form("reason"))); err != nil {
		return err
	}
	return redirect("/enterprises?done=saved")
}

type assignmentsView struct {
	Year    int
	Years   []int
	List    []campaign.Assigned
	Results []codebook.Item
	Edit    *campaign.Assigned
	Form    campaign.Assigning // what its fields hold
	Problem codebook.Text
	Whole   bool
	Fresh   bool
}

// assignmentsPage lists who is to visit whom, and changes one of them at a time.
func assignmentsPage(c *call) error { return c.assignmentsPage(http.StatusOK, codebook.Text{}) }

func (c *call) assignmentsPage(status int, problem codebook.Text) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	return c.assignments(status, problem, year, nil)
}

// assignments lists those of a year. typed is the form that was sent and could not be saved: it comes back as
// it was.
func (c *call) assignments(status int, problem codebook.Text, year int, typed *campaign.Assigning) error {
	var err error
	v := assignmentsView{Year: year, Results: c.campaign().Codebook.Items("disposition"), Problem: problem, Whole: c.has(campaign.Office)}
	if v.List, err = c.campaign().Assignments(c.ctx(), year, c.scope()); err != nil {
		return err
	}
	faculty, enterprise := c.r.URL.Query().Get("edit"), c.r.URL.Query().Get("enterprise")
	if v.Fresh = faculty == "new"; typed != nil {
		faculty, enterprise = typed.Faculty, typed.Enterprise
	}
	for i := range v.List {
		if a := &v.List[i]; faculty == a.Faculty && enterprise == a.Enterprise {
			v.Edit = a
			v.Form = campaign.Assigning{To: a.Faculty, Planned: string(a.Planned), Result: string(a.Disposition), Note: a.Note}
		}
	}
	if typed != nil {
		v.Form, v.Fresh = *typed, v.Edit == nil // an assignment that is gone comes back as a new one
	}
	if v.Years, err = c.years(year); err != nil {
		return err
	}
	return c.page(status, "assignments", v)
}

// assign changes or adds one assignment.
func assign(c *call) error {
	year, err := strconv.Atoi(c.form("year"))
	if err != nil || year < 2000 || year > 2100 {
		return errNoPage
	}
	form := campaign.Assigning{Year: year, Faculty: c.form("faculty"), Enterprise: c.form("enterprise"),
		To: c.form("to"), Planned: c.form("planned"), Result: c.form("result"), Note: c.form("note")}
	checked, err := c.s.counter.reception.Assign(c.ctx(), form, c.owner())
	if text, ok := problemOf(err); ok {
		return c.assignments(http.StatusUnprocessableEntity, text, year, &form)
	}
	if err != nil {
		return err
	}
	if refused(checked.Status) && len(checked.Issues) > 0 {
		return c.assignments(http.StatusUnprocessableEntity, checked.Issues[0].Message, year, &form)
	}
	return redirect("/assignments?year=" + strconv.Itoa(year) + "&done=saved")
}

// nationalFile is the national form of enterprise visits, filled from a campaign: it names enterprises and
// teachers, and taking it out is on record.
func nationalFile(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	form, err := c.campaign().National(c.ctx(), campaign.NationalOptions{Year: year, School: strings.TrimSpace(c.r.URL.Query().Get("school")), By: c.who()})
	var none *campaign.ErrNoVisits
	if errors.As(err, &none) {
		return fail(http.StatusNotFound, "这一年还没有走访，访企拓岗表没有内容可填。", "There are no visits of that year yet, hence nothing to fill the national form with.")
	}
	if err != nil {
		return err
	}
	return c.download(fmt.Sprintf("访企拓岗-%d-仅供调研办.xlsx", form.Year), spreadsheet, form.Data)
}

// rosterFile is the roster in force, to be changed in a spreadsheet and handed in again.
func rosterFile(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	data, err := c.campaign().CurrentRoster(c.ctx(), year)
	if err != nil {
		return err
	}
	c.record("roster.exported", "year/"+strconv.Itoa(year), nil)
	return c.download(fmt.Sprintf("名册-%d.xlsx", year), spreadsheet, data)
}

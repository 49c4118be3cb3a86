package web

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// number writes an identifier into an address.
func number[T ~int64](id T) string { return strconv.FormatInt(int64(id), 10) }

// visitsPage is what a teacher comes for: what is done, what came back, what is left.
func visitsPage(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	mine, err := c.campaign().Mine(c.ctx(), c.me.Login, year)
	if err != nil {
		return err
	}
	waiting, err := c.s.counter.pending.of(c.owner())
	if err != nil {
		return err
	}
	v := visitsView{Mine: mine, Waiting: waiting}
	for _, d := range mine.Done {
		if d.Sent {
			v.Sent++
		}
	}
	for _, t := range mine.Todo {
		if t.Overdue {
			v.Overdue++
		}
		if !t.Closed {
			v.Left++
		}
	}
	if v.Years, err = c.years(year); err != nil {
		return err
	}
	return c.page(http.StatusOK, "visits", v)
}

type visitsView struct {
	*campaign.Mine
	Waiting []parked
	Sent    int
	Overdue int
	Left    int
	Years   []int
}

// thisYear is the campaign under way.
func (s *Server) thisYear() int {
	if s.Year != 0 {
		return s.Year
	}
	return s.now().In(beijing).Year()
}

// yearAsked is the year that the address names, or the campaign under way.
func (c *call) yearAsked() (int, error) {
	text := c.r.URL.Query().Get("year")
	if text == "" {
		return c.s.thisYear(), nil
	}
	year, err := strconv.Atoi(text)
	if err != nil || year < 2000 || year > 2100 {
		return 0, errNoPage
	}
	return year, nil
}

// years lists the years there is something of, and the one at hand.
func (c *call) years(at int) ([]int, error) {
	counts, err := c.campaign().Store.Years(c.ctx())
	var list []int
	for _, n := range counts {
		list = append(list, n.Year)
	}
	for _, y := range []int{c.s.thisYear(), at} {
		known := false
		for _, have := range list {
			known = known || have == y
		}
		if !known {
			list = append(list, y)
		}
	}
	return list, err
}

// templateFile is the visit workbook, filled in with what is known.
func templateFile(c *call) error {
	year, err := c.yearAsked()
	if err != nil {
		return err
	}
	faculty := survey.Faculty{ID: c.me.Login, Name: c.me.Name, Department: c.me.Department}
	if !c.has(campaign.Faculty) {
		faculty = survey.Faculty{}
	}
	key := c.r.URL.Query().Get("enterprise")
	if err := c.mayRecall(key, year); err != nil {
		return err
	}
	data, enterprise, err := c.campaign().TemplateFor(c.ctx(), faculty, key, year)
	if err != nil {
		return err
	}
	name := "走访表-" + strconv.Itoa(year)
	for _, part := range []string{faculty.ID, survey.Visible(enterprise, 40)} {
		if part != "" {
			name += "-" + part
		}
	}
	return c.download(name+".xlsx", spreadsheet, data)
}

// mayRecall lets a person see what an enterprise said last time where they are to visit it, or visited it
// themselves, and a department's secretary where the department did: other people's visits are not theirs
// to read.
func (c *call) mayRecall(key string, year int) error {
	if key == "" || c.has(campaign.Office) {
		return nil
	}
	staff, department := "", ""
	if c.has(campaign.Faculty) {
		staff = c.me.Login
	}
	if c.has(campaign.Secretary) {
		department = c.scope()
	}
	concerned, err := c.campaign().Concerned(c.ctx(), key, year, staff, department)
	if err == nil && !concerned {
		err = errNoPage
	}
	return err
}

// slipOf is the submission that the address names and what of it the person may see; errNoPage where that
// is nothing.
func (c *call) slipOf() (*campaign.Slip, *campaign.Share, error) {
	id, err := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, nil, errNoPage
	}
	r, err := c.campaign().Slip(c.ctx(), campaign.SubmissionID(id))
	if errors.Is(err, campaign.ErrNotFound) {
		err = errNoPage // the same as for somebody else's: whether it exists is nobody's business
	}
	if err != nil {
		return nil, nil, err
	}
	share, err := c.shareOf(r)
	if err == nil && share.Nothing() {
		err = errNoPage
	}
	return r, share, err
}

// fileOf is the same for whoever wants the file: it may hold other people's visits too.
func (c *call) fileOf() (*campaign.Slip, error) {
	r, share, err := c.slipOf()
	if err == nil && !share.Whole {
		err = fail(http.StatusForbidden, "这个文件里还有别人的走访，不能下载；您自己的走访见收据。", "This file holds other people's visits too and is not yours to download; your own visits stand on the receipt.")
	}
	return r, err
}

// receiptOf is a submission with everything that is known of it and is the person's to see.
func (c *call) receiptOf(slip *campaign.Slip, share *campaign.Share) (*campaign.Receipt, error) {
	r, err := c.campaign().Receipt(c.ctx(), slip.Submission)
	if err != nil {
		return nil, err
	}
	for _, year := range r.Counting() {
		questions, err := c.s.questions.of(c.ctx(), year)
		if err != nil {
			return nil, err
		}
		r.Issues = append(r.Issues, questions[r.Submission]...)
	}
	r.Limit(share)
	return r, nil
}

// shareOf says what of a submission is the person's business.
func (c *call) shareOf(r *campaign.Slip) (*campaign.Share, error) {
	claim := campaign.Claim{All: c.has(campaign.Office), By: c.owner()}
	if c.has(campaign.Secretary) {
		claim.Department = c.scope()
	}
	if c.has(campaign.Faculty) {
		claim.Staff = c.me.Login
	}
	return c.campaign().ShareOf(c.ctx(), r, claim)
}

type receiptView struct {
	*campaign.Receipt
	Open    []issueView
	Settled []issueView
	Mine    bool // may be withdrawn by this person
	Current bool // something of it counts
	Names   map[string]string
	Form    codebook.Text
	Office  bool
	Whole   bool     // the file is the person's to download
	Sheets  []string // that a word may be pinned to
}

// receiptPage shows what became of a workbook that was taken.
func receiptPage(c *call) error {
	slip, share, err := c.slipOf()
	if err != nil {
		return err
	}
	r, err := c.receiptOf(slip, share)
	if err != nil {
		return err
	}
	v := receiptView{Receipt: r, Mine: r.By == c.owner() || share.Manages, Current: r.Status == "accepted", Whole: share.Whole, Office: share.Manages}
	errs, others := issueViews(r.Issues)
	for _, i := range append(errs, others...) {
		if i.Issue.Open() {
			v.Open = append(v.Open, i)
		} else {
			v.Settled = append(v.Settled, i)
		}
	}
	if form, ok := c.campaign().Codebook.Form(r.Kind); ok {
		v.Form = form.Title
	}
	if v.Names, err = c.names(); err != nil {
		return err
	}
	if v.Office {
		if v.Sheets, err = c.campaign().Sheets(c.ctx(), r.Submission); err != nil {
			return err
		}
	}
	if r.By != c.owner() {
		c.record("submission.seen", campaign.ObjectOf(r.Submission), nil)
	}
	return c.page(http.StatusOK, "receipt", v)
}

// names are what people see instead of an account's number.
func (c *call) names() (map[string]string, error) {
	accounts, err := c.campaign().Store.Accounts(c.ctx())
	out := make(map[string]string, len(accounts)+1)
	for _, a := range accounts {
		out[a.ID.Actor()] = a.Name
	}
	return out, err
}

// receiptReturn hands back a stored workbook with its issues where they stand.
func receiptReturn(c *call) error {
	slip, err := c.fileOf()
	if err != nil {
		return err
	}
	r, err := c.receiptOf(slip, &campaign.Share{Whole: true})
	if err != nil {
		return err
	}
	data, err := c.campaign().AnnotatedReceipt(c.ctx(), r)
	if err != nil {
		return err
	}
	c.record("submission.exported", campaign.ObjectOf(r.Submission), nil)
	return c.download(campaign.ReturnName(r.File), spreadsheet, data)
}

// receiptOriginal hands back a stored workbook byte for byte.
func receiptOriginal(c *call) error {
	r, err := c.fileOf()
	if err != nil {
		return err
	}
	data, err := c.campaign().Original(c.ctx(), r)
	if err != nil {
		return err
	}
	name, err := c.campaign().OriginalName(c.ctx(), r)
	if err != nil {
		return err
	}
	c.record("submission.exported", campaign.ObjectOf(r.Submission), nil)
	return c.download(fileName(name), anyFile, data)
}

// withdraw takes a submission back. A teacher withdraws what they handed in themselves.
func withdraw(c *call) error {
	r, share, err := c.slipOf()
	if err != nil {
		return err
	}
	if r.By != c.owner() && !share.Manages {
		return fail(http.StatusForbidden, "这份表不是您交的，请交表人或调研办撤回。", "You did not hand this in; whoever did, or the office, can withdraw it.")
	}
	if c.form("reason") == "" {
		return fail(http.StatusUnprocessableEntity, "请写明撤回的理由。", "Give the reason for withdrawing.")
	}
	if err := c.campaign().Store.Withdraw(c.ctx(), r.Submission, c.act(c.form("reason"))); err != nil {
		return err
	}
	return redirect("/receipts/" + number(r.Submission) + "?done=withdrawn")
}

package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// uploadPage is where workbooks are handed over, and the list of those that wait.
func uploadPage(c *call) error {
	waiting, err := c.s.counter.pending.of(c.owner())
	if err != nil {
		return err
	}
	slices.Reverse(waiting)
	v := uploadView{Waiting: waiting, Most: c.s.Limits.Files, MiB: c.s.Limits.File >> 20, Days: int(c.s.Keep.Pending.Hours() / 24), Office: c.has(campaign.Office)}
	for _, k := range waiting {
		if k.State == ready {
			v.Ready++
		}
	}
	return c.page(http.StatusOK, "upload", v)
}

type uploadView struct {
	Waiting []parked
	Ready   int // sound ones
	Most    int
	MiB     int64
	Days    int // that a file waits
	Office  bool
}

// owner is the person under whom workbooks are parked.
func (c *call) owner() string { return c.me.ID.Actor() }

// hand is how the person hands a workbook in: a teacher their own visits, the office anything,
// a department's secretary its visits.
func (c *call) hand(name string, data []byte) campaign.Hand {
	h := campaign.Hand{Name: name, Data: data, By: c.owner()}
	switch {
	case c.has(campaign.Office):
		h.Any = true
	case c.has(campaign.Secretary):
		h.Department = c.scope()
	default:
		h.Staff = c.me.Login
	}
	return h
}

// upload takes workbooks in, one after the other: each is streamed to disk, read and held against
// the rules. Nothing is stored as data before its person has seen the check; of an upload that does
// not come to its end nothing stays.
func upload(c *call) error {
	leave, err := c.s.counter.enter(c.owner())
	if err != nil {
		return err
	}
	defer leave()
	c.steady()
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, c.s.Limits.Upload)
	parts, err := c.r.MultipartReader()
	if err != nil {
		return fail(http.StatusBadRequest, "没有收到文件，请选择文件再交。", "No file arrived; choose one and try again.")
	}
	list, err := c.parkAll(parts)
	if err != nil {
		return errors.Join(cutOff(err), c.s.counter.pending.drop(list...))
	}
	return c.checkAll(list)
}

// parkAll streams every file of an upload to disk. With an error come those that were whole before it.
func (c *call) parkAll(parts *multipart.Reader) (list []parked, err error) {
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return list, nil
		case err != nil:
			return list, err
		case n >= c.s.Limits.Files+8: // a form holds other fields too
			return list, fail(http.StatusRequestEntityTooLarge, "一次交的文件太多，请分几次交。", "Too many files at once; hand them in in several goes.")
		}
		k, err := c.park(part)
		if err != nil {
			return list, err
		}
		if k.ID != "" {
			list = append(list, k)
		}
	}
}

// cutOff turns a body that broke off or ran over into a sentence.
func cutOff(err error) error {
	var tooLarge *http.MaxBytesError
	var known *problem
	switch {
	case errors.As(err, &tooLarge):
		return fail(http.StatusRequestEntityTooLarge, "一次交的文件合起来太大，请分几次交。", "The files are too large together; hand them in in several goes.")
	case errors.As(err, &known):
		return err
	case errors.Is(err, errTooBig):
		return fail(http.StatusRequestEntityTooLarge, "有一个文件太大。走访表通常不到 1 MB；请删去图片或多余的工作表后再交。",
			"One of the files is too large. A visit workbook is usually below 1 MB; take out pictures or sheets that do not belong.")
	}
	if room := noRoom(err); room != err {
		return room
	}
	return fail(http.StatusBadRequest, "文件没有传完，没有收下。请再交一次。", "The upload broke off and nothing was taken. Please try again.")
}

// park streams one part to disk; parts that hold no file are passed over.
func (c *call) park(part *multipart.Part) (parked, error) {
	name := fileName(part.FileName())
	if part.FormName() != "files" || name == "" {
		_, err := io.Copy(io.Discard, part)
		return parked{}, err
	}
	k, err := c.s.counter.pending.add(c.owner(), name, part, c.s.Limits.File)
	if err != nil {
		return parked{}, err
	}
	if err := c.s.counter.spend(c.owner(), k.Size); err != nil {
		return parked{}, errors.Join(err, c.s.counter.pending.drop(k))
	}
	return k, nil
}

// fileName is a file's own name, without folders and without what could act in a page or a log.
func fileName(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	if s == "." || s == "/" || s == ".." {
		return ""
	}
	s = campaign.Printable(s)
	for len([]rune(s)) > 120 {
		r := []rune(s)
		s = string(r[:100]) + "…" + string(r[len(r)-12:])
	}
	return s
}

// checkAll looks at what was just parked and shows the one, or the list.
func (c *call) checkAll(list []parked) error {
	ctx, cancel := c.s.counter.patience(c.ctx())
	defer cancel()
	for i := range list {
		checked, err := c.check(ctx, list[i], false, nil)
		if err == nil {
			err = c.s.counter.judge(list[i], checked)
		}
		if err != nil { // what was looked at stays, the rest was not taken
			return errors.Join(noRoom(tooSlow(err)), c.s.counter.pending.drop(list[i:]...))
		}
	}
	switch len(list) {
	case 0:
		return fail(http.StatusBadRequest, "没有选择文件。", "No file was chosen.")
	case 1:
		return redirect("/uploads/" + list[0].ID)
	}
	return redirect("/upload?done=checked")
}

// check reads a parked workbook and says what would become of it.
func (c *call) check(ctx context.Context, k parked, seen bool, right []campaign.Spot) (*campaign.Checked, error) {
	data, err := c.s.counter.pending.bytes(k)
	if err != nil {
		return nil, err
	}
	h := c.hand(k.Name, data)
	h.Seen, h.Right = seen, right
	return c.s.counter.reception.Check(ctx, h)
}

// judge notes what a check found on the parked workbook.
func (k *counter) judge(p parked, checked *campaign.Checked) error {
	p.State = ready
	p.Errors = errorsIn(checked.Issues)
	if refused(checked.Status) {
		p.State = returned
	}
	p.About, p.Year, p.Staff = about(checked), 0, ""
	if len(checked.Holds) > 0 {
		p.Year = checked.Holds[0].Year
	}
	if len(checked.Holds) == 1 {
		p.Staff = strings.ToLower(checked.Holds[0].Faculty)
	}
	return k.pending.note(p)
}

func refused(s campaign.FileStatus) bool {
	return s == campaign.Rejected || s == campaign.Unreadable
}

func errorsIn(issues []campaign.Issue) int {
	n := 0
	for i := range issues {
		if issues[i].Severity == codebook.SeverityError && issues[i].Open() {
			n += max(issues[i].Count, 1)
		}
	}
	return n
}

// about says in a few words what a workbook is about.
func about(checked *campaign.Checked) string {
	if len(checked.Holds) == 0 {
		return ""
	}
	s := survey.Visible(checked.Holds[0].Enterprise, 60)
	if n := len(checked.Holds); n > 1 {
		s += " …"
	}
	return s
}

// parkedOf is the person's parked workbook that the address names.
func (c *call) parkedOf() (parked, error) {
	return c.s.counter.pending.find(c.owner(), c.r.PathValue("id"))
}

// checkPage shows every issue of a parked workbook, and asks for confirmation of a sound one.
func checkPage(c *call) error {
	k, err := c.parkedOf()
	if err != nil {
		return err
	}
	ctx, cancel := c.s.counter.patience(c.ctx())
	defer cancel()
	checked, err := c.check(ctx, k, k.State != received, nil)
	if err != nil {
		return tooSlow(err)
	}
	if err := c.s.counter.judge(k, checked); err != nil {
		c.s.Log.Warn("check not noted", "error", err.Error()) // a full disk: the page is right all the same
	}
	return c.page(http.StatusOK, "check", c.checkView(k, checked))
}

type checkView struct {
	Parked  parked
	Checked *campaign.Checked
	Refused bool
	Same    bool // handed in before
	Errors  []issueView
	Others  []issueView
	Form    codebook.Text
}

// issueView is an issue as the page shows it.
type issueView struct {
	*campaign.Issue
	Place string
	Spot  campaign.Spot // what its confirmation sends
}

func (c *call) checkView(k parked, checked *campaign.Checked) checkView {
	v := checkView{Parked: k, Checked: checked, Refused: refused(checked.Status), Same: checked.Status == campaign.Unchanged}
	if form, ok := c.campaign().Codebook.Form(checked.Kind); ok {
		v.Form = form.Title
	}
	v.Errors, v.Others = issueViews(checked.Issues)
	return v
}

// issueViews parts the errors from the rest.
func issueViews(issues []campaign.Issue) (errs, others []issueView) {
	for i := range issues {
		v := issueView{Issue: &issues[i], Place: campaign.Place(issues[i])}
		if issues[i].Severity == codebook.SeverityError && issues[i].Open() {
			errs = append(errs, v)
			continue
		}
		v.Spot = campaign.SpotOf(v.Issue)
		others = append(others, v)
	}
	return errs, others
}

// spots reads the confirmations that a form sent.
func (c *call) spots() []campaign.Spot {
	_ = c.r.ParseForm() // read already
	var list []campaign.Spot
	for _, one := range c.r.PostForm["right"] {
		list = append(list, campaign.Spot(one))
	}
	return list
}

// confirm stores a sound workbook and leads to its receipt.
func confirm(c *call) error {
	k, err := c.parkedOf()
	if err != nil {
		return err
	}
	checked, err := c.take(k, c.spots())
	if err != nil {
		return err
	}
	if refused(checked.Status) { // since the check the roster, the year or what is on record changed
		if k, err = c.parkedOf(); err != nil {
			return err
		}
		return c.page(http.StatusUnprocessableEntity, "check", c.checkView(k, checked))
	}
	r, err := c.campaign().Slip(c.ctx(), checked.Submission)
	if err != nil {
		return err
	}
	share, err := c.shareOf(r)
	if err != nil {
		return err
	}
	if share.Nothing() { // the same bytes came from somebody else before
		return redirect("/upload?done=same")
	}
	return redirect("/receipts/" + number(checked.Submission) + "?done=" + string(checked.Status))
}

// take stores a parked workbook.
func (c *call) take(k parked, right []campaign.Spot) (*campaign.Checked, error) {
	leave, err := c.s.counter.enter(c.owner())
	if err != nil {
		return nil, err
	}
	defer leave()
	data, err := c.s.counter.pending.bytes(k)
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.s.counter.patience(c.ctx())
	defer cancel()
	h := c.hand(k.Name, data)
	h.Right = right
	checked, err := c.s.counter.reception.Take(ctx, h)
	if err != nil {
		return nil, tooSlow(err)
	}
	if refused(checked.Status) {
		return checked, c.s.counter.judge(k, checked)
	}
	c.s.counter.touched(checked.Holds)
	return checked, c.s.counter.settled(k, checked)
}

// settled drops what a stored workbook answers: itself, and the returned ones that it mends, which name the same
// teacher and enterprise. Its name says nothing of that: people call the workbooks of several enterprises alike.
func (k *counter) settled(p parked, checked *campaign.Checked) error {
	err := k.pending.drop(p)
	others, listErr := k.pending.of(p.Owner)
	err = errors.Join(err, listErr)
	for _, o := range others {
		mended := o.SHA256 == checked.Corrects && checked.Corrects != ""
		again := o.Staff != "" && len(checked.Holds) == 1 && strings.EqualFold(o.Staff, checked.Holds[0].Faculty) && o.About == about(checked) && o.Year == p.Year
		if o.State == returned && (mended || again) {
			err = errors.Join(err, k.pending.drop(o))
		}
	}
	return err
}

// confirmAll stores every sound workbook that waits, and says where one was refused after all.
func confirmAll(c *call) error {
	waiting, err := c.s.counter.pending.of(c.owner())
	if err != nil {
		return err
	}
	done := "taken"
	for _, k := range waiting {
		if k.State != ready {
			continue
		}
		checked, err := c.take(k, nil)
		switch {
		case errors.Is(err, campaign.ErrNotFound): // dropped meanwhile
		case err != nil:
			return err
		case refused(checked.Status):
			done = "refused"
		}
	}
	return redirect("/upload?done=" + done)
}

// discard drops a parked workbook. The person's own file stays with the person.
func discard(c *call) error {
	k, err := c.parkedOf()
	if err != nil {
		return err
	}
	if err := c.s.counter.pending.drop(k); err != nil {
		return err
	}
	return redirect("/upload?done=dropped")
}

// parkedReturn hands back the person's own workbook with its issues where they stand.
func parkedReturn(c *call) error {
	k, err := c.parkedOf()
	if err != nil {
		return err
	}
	ctx, cancel := c.s.counter.patience(c.ctx())
	defer cancel()
	checked, err := c.check(ctx, k, true, nil)
	if err != nil {
		return tooSlow(err)
	}
	data, err := c.s.counter.pending.bytes(k)
	if err != nil {
		return err
	}
	annotated, err := c.campaign().Annotated(checked.FileResult, data)
	if err != nil {
		return err
	}
	return c.download(campaign.ReturnName(k.Name), spreadsheet, annotated)
}

// parkedOriginal hands back what was handed in, byte for byte.
func parkedOriginal(c *call) error {
	k, err := c.parkedOf()
	if err != nil {
		return err
	}
	data, err := c.s.counter.pending.bytes(k)
	if err != nil {
		return err
	}
	return c.download(k.Name, anyFile, data)
}

// Content types of downloads. Nothing is ever shown in the browser that a person handed in.
const (
	spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	anyFile     = "application/octet-stream"
)

// download answers with a file to be saved.
func (c *call) download(name, kind string, data []byte) error {
	c.attach(name, kind)
	_, err := c.w.Write(data)
	if err != nil {
		c.s.Log.Debug("download broke off", "error", err.Error())
	}
	return nil
}

// attach says that the answer is a file to be saved under a name.
func (c *call) attach(name, kind string) {
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+strings.ReplaceAll(url.QueryEscape(cmp.Or(name, "file")), "+", "%20"))
}

package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// mostStaff bounds a list of people: ten thousand rows are below a mebibyte.
const mostStaff = 4 << 20

type staffView struct {
	Added     []campaign.NewAccount
	Passwords string // as CSV, to be copied this once
	Issues    []issueView
	Refused   bool
	Renewed   bool // the passwords are new ones of accounts that were there
	Nobody    bool // was asked to add everybody on the roster, and there was nobody to add
	Roster    int  // people on the roster without an account
	Unused    int  // accounts whose first password was never used
}

// staffPage takes a list of people, or those of the roster who have no account yet.
func staffPage(c *call) error {
	missing, err := c.campaign().RosterWithoutAccount(c.ctx())
	if err != nil {
		return err
	}
	return c.staffPage(http.StatusOK, staffView{Roster: len(missing)})
}

func (c *call) staffPage(status int, v staffView) error {
	unused, err := c.campaign().FirstPasswordsUnused(c.ctx())
	if err != nil {
		return err
	}
	v.Unused = len(unused)
	return c.page(status, "admin_import", v)
}

// staffForm is what the form of the page brought.
type staffForm struct {
	name     string
	data     []byte
	provider bool // no passwords: a provider signs them in
	roster   bool
	renew    bool // first passwords that were never used
}

func (c *call) staffForm() (f staffForm, err error) {
	c.steady()
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, mostStaff)
	parts, err := c.r.MultipartReader()
	if err != nil {
		return f, fail(http.StatusBadRequest, "没有收到名单，请选择文件再传。", "No list arrived; choose a file and try again.")
	}
	for range 8 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return f, cutOff(err)
		}
		switch part.FormName() {
		case "file":
			f.name = fileName(part.FileName())
			if f.data, err = io.ReadAll(part); err != nil {
				return f, cutOff(err)
			}
		case "provider":
			f.provider = true
		case "roster":
			f.roster = true
		case "renew":
			f.renew = true
		}
	}
	if !f.roster && !f.renew && (f.name == "" || len(f.data) == 0) {
		return f, fail(http.StatusBadRequest, "没有选择文件。", "No file was chosen.")
	}
	return f, nil
}

// importStaff adds an account for everybody on the list who has none, or says what is wrong with it.
func importStaff(c *call) error {
	f, err := c.staffForm()
	if err != nil {
		return err
	}
	v, staff := staffView{Renewed: f.renew}, &campaign.Staff{}
	switch {
	case f.renew:
		staff.Added, err = c.campaign().RenewFirstPasswords(c.ctx(), c.act(""))
	case f.roster:
		staff.Added, err = c.campaign().AddRosterAccounts(c.ctx(), !f.provider, c.act(""))
		if errors.Is(err, campaign.ErrConflict) { // the form was sent twice, and the other one was first
			staff.Added, err = nil, nil
		}
		v.Nobody = len(staff.Added) == 0
	default:
		staff, err = c.readStaff(f)
	}
	if err != nil {
		return err
	}
	return c.staffAdded(v, staff)
}

// readStaff reads a list in the place that workbooks are read in.
func (c *call) readStaff(f staffForm) (*campaign.Staff, error) {
	leave, err := c.s.counter.enter(c.owner())
	if err != nil {
		return nil, err
	}
	defer leave()
	return c.campaign().AddStaff(c.ctx(), f.name, f.data, !f.provider, c.act(""))
}

func (c *call) staffAdded(v staffView, s *campaign.Staff) error {
	v.Added, v.Refused = s.Added, errorsIn(s.Issues) > 0
	for i := range s.Issues {
		v.Issues = append(v.Issues, issueView{Issue: &s.Issues[i], Place: campaign.Place(s.Issues[i])})
	}
	if len(s.Added) > 0 && s.Added[0].FirstPassword != "" {
		v.Passwords = firstPasswords(s.Added)
	}
	status := http.StatusOK
	if v.Refused {
		status = http.StatusUnprocessableEntity
	}
	return c.staffPage(status, v)
}

// firstPasswords are the first passwords as CSV.
func firstPasswords(list []campaign.NewAccount) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"login", "name", "department", "password"}) // into memory
	for _, n := range list {
		_ = w.Write([]string{campaign.Inert(n.Login), campaign.Inert(n.Name), campaign.Inert(n.Department), n.FirstPassword})
	}
	w.Flush()
	return b.String()
}

type departmentsView struct {
	List  []campaign.Department
	Names []string // that the roster or a visit knows
}

// departmentsPage shows every department that is written anywhere, so that two spellings of one
// are seen.
func departmentsPage(c *call) error {
	list, err := c.campaign().Departments(c.ctx())
	if err != nil {
		return err
	}
	v := departmentsView{List: list}
	for _, d := range list {
		v.Names = append(v.Names, d.Name)
	}
	return c.page(http.StatusOK, "admin_departments", v)
}

// moveDepartment gives the accounts of one department another.
func moveDepartment(c *call) error {
	from, to := c.form("from"), c.form("to")
	if to == "" {
		return fail(http.StatusUnprocessableEntity, "请写明改成哪个部门。", "Say which department it becomes.")
	}
	if err := c.campaign().MoveDepartment(c.ctx(), from, to, c.act("")); err != nil {
		return err
	}
	return redirect("/admin/departments?done=saved")
}

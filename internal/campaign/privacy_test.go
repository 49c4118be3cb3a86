package campaign

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// whoever of the sample's roster of 2026 is erased in these tests. The sample's people are invented.
type somebody struct {
	id, name string
	visits   int
}

// aYear is a campaign with some of the sample's visits of a year, one of whose files is named after its
// teacher, and the teacher with the most visits. It is taken in once; every test has a copy.
func aYear(t *testing.T) (*Campaign, somebody) {
	t.Helper()
	if yearTaken.files == nil {
		c, who := takeYear(t)
		must(t, c.Store.Close())
		yearTaken.files, yearTaken.who = filesIn(t, filepath.Dir(c.Store.Path())), who
	}
	dir := t.TempDir()
	for path, data := range yearTaken.files {
		path = filepath.Join(dir, path)
		must(t, errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600)))
	}
	c := collegeAt(t, dir)
	c.Now = inNovember
	return c, yearTaken.who
}

var yearTaken struct {
	files tree
	who   somebody
}

func inNovember() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }

func filesIn(t *testing.T, dir string) tree {
	t.Helper()
	files := tree{}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		files[name], err = os.ReadFile(path)
		return err
	}))
	return files
}

func takeYear(t *testing.T) (*Campaign, somebody) {
	t.Helper()
	c := aCollege(t)
	c.Now = inNovember
	ctx, dir := context.Background(), t.TempDir()
	if _, err := c.Ingest(ctx, IngestOptions{Paths: []string{"../../surveys/2026/roster.xlsx"}, By: "u0"}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../surveys/2026/visits/*.xlsx")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if _, err := c.Ingest(ctx, IngestOptions{Paths: files[:20], By: "u0"}); err != nil {
		t.Fatal(err)
	}
	heads, err := c.Store.VisitHeads(ctx, 2026, "")
	if err != nil || len(heads) == 0 {
		t.Fatalf("%d visits, %v", len(heads), err)
	}
	who := somebody{id: heads[0].Faculty.ID, name: heads[0].Faculty.Name}
	id, err := c.AddAccount(ctx, NewAccount{Login: who.id, Name: who.name, Roles: []Role{Faculty}, Password: "correct-horse-battery"}, Act{By: "u0"})
	if err != nil {
		t.Fatal(err)
	}
	more := filepath.Join(dir, who.id+"-"+who.name+".csv")
	if err := os.WriteFile(more, []byte("工号,姓名\n"+who.id+","+who.name+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Ingest(ctx, IngestOptions{Paths: []string{more}, By: id.Actor()}); err != nil { // is refused, and on record
		t.Fatal(err)
	}
	mine, err := c.Store.VisitHeads(ctx, 2026, who.id)
	if err != nil {
		t.Fatal(err)
	}
	who.visits = len(mine)
	return c, who
}

// bytesOfAll is every byte of the database, its log and the originals, of workbooks also what is inside.
func bytesOfAll(t *testing.T, c *Campaign) []byte {
	t.Helper()
	var all bytes.Buffer
	dir := filepath.Dir(c.Store.Path())
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, ".before-") {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		if book, _, readErr := workbook.Read("x.xlsx", data, c.Codebook, workbook.DefaultLimits()); readErr == nil && book != nil {
			for _, s := range book.Sheets {
				for _, r := range s.Rows {
					for _, cell := range r.Cells {
						all.WriteString(cell.Text + "\n")
					}
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

// After an erasure neither number nor name stands in any byte of database, log or originals; the
// answers, the counts and the chain are as they were.
func TestErasePerson(t *testing.T) {
	c, who := aYear(t)
	ctx := context.Background()
	if n := bytes.Count(bytesOfAll(t, c), []byte(who.name)); n < 3 {
		t.Fatalf("before the erasure the name stands in %d places only", n)
	}
	before, err := c.Analyze(ctx, AnalyzeOptions{Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	dry, err := c.ErasePerson(ctx, EraseRequest{Staff: who.id, Dry: true}, Act{By: "u0"})
	if err != nil || dry.Visits != who.visits || !dry.Account || dry.Pseudonym != "" || dry.Files < who.visits || dry.Rosters != 1 {
		t.Fatalf("%+v %v", dry, err)
	}
	if _, err := c.ErasePerson(ctx, EraseRequest{Staff: who.id}, Act{By: "u0"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	got, err := c.ErasePerson(ctx, EraseRequest{Staff: who.id, Reason: who.name + " 本人要求"}, Act{By: "u0"})
	if err != nil || got.Visits != dry.Visits || got.Files != dry.Files || !got.Account {
		t.Fatalf("%+v %v", got, err)
	}
	all := bytesOfAll(t, c)
	for _, trace := range []string{who.name, who.id} {
		if i := bytes.Index(all, []byte(trace)); i >= 0 {
			t.Errorf("%q still stands: …%q…", trace, all[max(0, i-60):min(len(all), i+60)])
		}
	}
	if left, _ := c.Store.VisitHeads(ctx, 2026, who.id); len(left) != 0 {
		t.Errorf("%d visits still name them", len(left))
	}
	theirs, err := c.Store.VisitHeads(ctx, 2026, got.Pseudonym)
	if err != nil || len(theirs) != who.visits || theirs[0].Faculty.Name != "（已清除）" {
		t.Errorf("%d visits of the pseudonym, want %d: %v", len(theirs), who.visits, err)
	}
	if found, err := c.Store.Verify(ctx); err != nil || len(found) > 0 {
		t.Errorf("verify: %+v %v", found, err)
	}
	after, err := c.Analyze(ctx, AnalyzeOptions{Year: 2026})
	if err != nil || !reflect.DeepEqual(after.Facts, before.Facts) || !reflect.DeepEqual(after.Priority, before.Priority) {
		t.Errorf("the figures changed: %+v, were %+v", after.Facts, before.Facts)
	}
	roster, err := c.Store.LoadRoster(ctx, 2026)
	must(t, err)
	if missing, err := c.RosterWithoutAccount(ctx); err != nil || len(missing) != len(roster.Faculty)-1 || slices.ContainsFunc(missing, func(f survey.Faculty) bool { return f.ID == got.Pseudonym }) {
		t.Errorf("an account would be opened for whoever was erased: %+v %v", missing, err)
	}
	if _, err := c.ErasePerson(ctx, EraseRequest{Staff: who.id, Reason: "again"}, Act{By: "u0"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
}

// The copy that stands for a file has every other value at its address, and a file that comes again as
// it was is known.
func TestErasedCopyKeepsTheRest(t *testing.T) {
	c, who := aYear(t)
	ctx := context.Background()
	mine, _ := c.Store.VisitHeads(ctx, 2026, who.id)
	stored, err := c.Store.Visit(ctx, mine[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	sum := stored.SHA256
	was, err := c.Store.Original(ctx, sum)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.ErasePerson(ctx, EraseRequest{Staff: who.id, Reason: "made up"}, Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	now, err := c.Store.Original(ctx, sum)
	if err != nil || bytes.Equal(was, now) {
		t.Fatalf("the file as handed in is still there: %v", err)
	}
	old, _, _ := workbook.Read("a.xlsx", was, c.Codebook, workbook.DefaultLimits())
	copied, issues, err := workbook.Read("a.xlsx", now, c.Codebook, workbook.DefaultLimits())
	if err != nil || survey.HasErrors(issues) || copied == nil {
		t.Fatalf("%v %+v", err, issues)
	}
	same, changed := 0, 0
	for i := range old.Sheets {
		for _, row := range old.Sheets[i].Rows {
			for _, cell := range row.Cells {
				switch at := copied.Sheets[i].At(row.Number, cell.Col); {
				case cell.Formula && cell.Text == "": // a counter of the template, which holds no result
				case at != nil && at.Text == cell.Text:
					same++
				case at != nil && (cell.Text == who.id || cell.Text == who.name):
					changed++
				default:
					t.Errorf("%s row %d column %d: %q became %v", old.Sheets[i].Name, row.Number, cell.Col, cell.Text, at)
				}
			}
		}
	}
	if changed != 2 || same < 50 {
		t.Errorf("%d cells changed, %d stayed", changed, same)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "again.xlsx"), was, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := c.Ingest(ctx, IngestOptions{Paths: []string{dir}, By: "u0"})
	if err != nil || r.Totals.Unchanged != 1 || r.Totals.Accepted != 0 {
		t.Errorf("%+v %v", r.Totals, err)
	}
}

// What came from an inbox under the number is theirs as well as what they handed in.
func TestExportPerson(t *testing.T) {
	c, who := aYear(t)
	ctx := context.Background()
	p, err := c.ExportPerson(ctx, who.id, Act{By: "u0"})
	if err != nil || len(p.Visits) != who.visits || p.Account == nil || !slices.Contains(p.Names, who.name) || len(p.HandIns) != who.visits+1 || len(p.Log) == 0 {
		t.Fatalf("%+v %v", p, err)
	}
	if _, err := c.ExportPerson(ctx, "nobody", Act{By: "u0"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

// eraseAndDie erases the person of the first visit that still names one, with an account and files beside the database, and
// goes no further than a process does that is killed once the erasure is in the database. It returns the
// files that have to go.
func eraseAndDie(t *testing.T, c *Campaign, dir string) []string {
	t.Helper()
	ctx := context.Background()
	heads, err := c.Store.VisitHeads(ctx, 2026, "")
	must(t, err)
	who := heads[slices.IndexFunc(heads, func(h store.VisitHead) bool { return !strings.HasPrefix(h.Faculty.ID, "erased-") })].Faculty.ID
	account, err := c.AccountOf(ctx, who)
	if errors.Is(err, ErrNotFound) {
		account.ID, err = c.AddAccount(ctx, NewAccount{Login: who, Roles: []Role{Faculty}, Password: "correct-horse-battery"}, Act{By: "u0"})
	}
	must(t, err)
	r := EraseRequest{Staff: who, Reason: "made up", Pending: filepath.Join(dir, "pending"), Returns: filepath.Join(dir, "returns")}
	upload, returned := filepath.Join(r.Pending, account.ID.Actor(), "upload.xlsx"), filepath.Join(r.Returns, ReturnName(who+".xlsx"))
	for _, path := range []string{upload, returned, filepath.Join(r.Pending, "u999", "upload.xlsx"), filepath.Join(r.Returns, ReturnName("other.xlsx"))} {
		must(t, errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)))
	}
	_, err = c.eraseOnRecord(ctx, r, Act{By: "u0"})
	must(t, err)
	return []string{filepath.Dir(upload), returned}
}

// An erasure that was cut off, or held up by a reader, is named by verify and finished by whoever comes
// next: a run, the same erasure asked for again, or the server. Uploads that wait and returned workbooks
// of that person go with it, those of others stay.
func TestErasureIsFinishedLater(t *testing.T) {
	c, _ := aYear(t)
	c.Drawn = noStills{}
	ctx, dir := context.Background(), t.TempDir()
	for what, finish := range map[string]func() error{
		"a run": func() error {
			_, err := c.Run(ctx, RunOptions{Reports: filepath.Join(t.TempDir(), "reports"), Analyze: AnalyzeOptions{Year: 2026}})
			return err
		},
		"the erasure again": func() error {
			_, err := c.ErasePerson(ctx, EraseRequest{Staff: "nobody", Reason: "again"}, Act{By: "u0"})
			if errors.Is(err, ErrNotFound) {
				err = nil
			}
			return err
		},
		"the server": func() error { return c.FinishErasures(ctx) },
	} {
		theirs := eraseAndDie(t, c, dir)
		left, err := c.Store.Unforgotten(ctx)
		if err != nil || len(left) < 4 || !slices.Contains(left, theirs[0]) || !slices.Contains(left, theirs[1]) {
			t.Fatalf("%s: cut off, but only %v is left: %v", what, left, err)
		}
		found, err := c.Store.Verify(ctx)
		if err != nil || len(found) != len(left) || found[0].Code != "S014" {
			t.Errorf("%s: verify says %+v %v, want %d times S014", what, found, err, len(left))
		}
		if err := finish(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if left, err := c.Store.Unforgotten(ctx); err != nil || len(left) > 0 {
			t.Errorf("%s: still on the disk: %v %v", what, left, err)
		}
		for _, path := range theirs {
			if _, err := os.Lstat(path); err == nil {
				t.Errorf("%s: %s is still there", what, path)
			}
		}
	}
	if others, _ := filepath.Glob(dir + "/*/*"); len(others) != 2 {
		t.Errorf("of others there is %v, want an upload and a returned workbook", others)
	}
	if found, err := c.Store.Verify(ctx); err != nil || len(found) > 0 {
		t.Errorf("verify: %+v %v", found, err)
	}
}

// The last administrator cannot be erased.
func TestEraseLastAdmin(t *testing.T) {
	c := aCollege(t)
	ctx := context.Background()
	if _, err := c.AddAccount(ctx, NewAccount{Login: "root", Roles: []Role{Admin}}, Act{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ErasePerson(ctx, EraseRequest{Staff: "root", Reason: "made up"}, Act{By: "cli"}); !errors.Is(err, ErrConflict) {
		t.Errorf("%v", err)
	}
}

// When the years are over everybody of that campaign is erased, and nobody before.
func TestRetention(t *testing.T) {
	c, who := aYear(t)
	ctx := context.Background()
	for _, bad := range []int{-1, 51} {
		if err := c.SetRetention(ctx, bad, Act{By: "u0"}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%d years: %v", bad, err)
		}
	}
	at := func(year int) {
		c.Now = func() time.Time { return time.Date(year, 3, 1, 0, 0, 0, 0, time.UTC) }
	}
	at(2040)
	if x, err := c.ExpirePeople(ctx, false, Act{By: "run"}); err != nil || x.Done || x.People != 0 {
		t.Errorf("without a retention: %+v %v", x, err)
	}
	if err := c.SetRetention(ctx, 3, Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	at(2029)
	if x, err := c.ExpirePeople(ctx, false, Act{By: "run"}); err != nil || x.Done || x.People != 0 || x.Until != 2025 {
		t.Errorf("in the third year after: %+v %v", x, err)
	}
	at(2030)
	dry, err := c.ExpirePeople(ctx, true, Act{By: "run"})
	if err != nil || dry.Done || dry.People < 5 || dry.Visits < 10 || dry.Rosters != 1 {
		t.Fatalf("%+v %v", dry, err)
	}
	x, err := c.ExpirePeople(ctx, false, Act{By: "run"})
	if err != nil || !x.Done || x.People != dry.People {
		t.Fatalf("%+v %v", x, err)
	}
	if a, err := c.AccountOf(ctx, who.id); err != nil || a.Login != who.id {
		t.Errorf("the account went: %v", err)
	}
	left, _ := c.Store.VisitHeads(ctx, 2026, "")
	for _, v := range left {
		if !strings.HasPrefix(v.Faculty.ID, "erased-") {
			t.Errorf("visit %d still names %s", v.ID, v.Faculty.ID)
		}
	}
	if again, err := c.ExpirePeople(ctx, false, Act{By: "run"}); err != nil || again.Done || again.People != 0 {
		t.Errorf("again: %+v %v", again, err)
	}
	if found, err := c.Store.Verify(ctx); err != nil || len(found) > 0 {
		t.Errorf("verify: %+v %v", found, err)
	}
}

// A rehearsal says whom a run would erase and erases nobody; the run itself erases them.
func TestRunExpires(t *testing.T) {
	c, _ := aYear(t)
	c.Drawn = noStills{}
	ctx := context.Background()
	if err := c.SetRetention(ctx, 1, Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	c.Now = func() time.Time { return time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC) }
	o := RunOptions{Reports: filepath.Join(t.TempDir(), "reports"), Analyze: AnalyzeOptions{Year: 2026}}
	dry, err := c.Rehearse(ctx, o)
	if err != nil || dry.Expired == nil || dry.Expired.Done || dry.Expired.People < 5 {
		t.Fatalf("rehearsal: %+v %v", dry, err)
	}
	if found, err := c.Store.Verify(ctx); err != nil || len(found) > 0 {
		t.Fatalf("after the rehearsal: %+v %v", found, err)
	}
	if x, err := c.ExpirePeople(ctx, true, Act{By: "u0"}); err != nil || x.People != dry.Expired.People {
		t.Fatalf("the rehearsal erased somebody: %+v %v", x, err)
	}
	got, err := c.Run(ctx, o)
	if err != nil || got.Expired == nil || !got.Expired.Done || got.Expired.People != dry.Expired.People {
		t.Fatalf("run: %+v %v", got, err)
	}
	if found, err := c.Store.Verify(ctx); err != nil || len(found) > 0 {
		t.Errorf("after the run: %+v %v", found, err)
	}
}

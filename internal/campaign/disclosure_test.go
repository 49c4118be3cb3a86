package campaign

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
)

// An attacker holds every file of every year's report: pages, the data in them, charts, tables for
// download. He knows which enterprises were visited and everything that divides them into domains,
// and what every answer counts for; only the answers he does not know. What he can find out by
// subtraction must not be about fewer than k enterprises, nor about one that dominates.

// yearbook is one year as the attacker sees it, and as it is.
type yearbook struct {
	year   int
	a      *gap.Analysis
	files  tree
	sample *demand.Sample
	view   *demand.View  // of the whole truth
	truth  *demand.Table // with nothing withheld
	cells  map[cellAt]demand.Figure
}

// cellAt is where a figure of the analysis stands; openings have neither competency nor measure.
type cellAt struct {
	domain     demand.Domain
	competency codebook.CompetencyID
	measure    demand.Measure
}

// nothingLeaks attacks all reports of the sample campaign together.
func nothingLeaks(t *testing.T, w *world) {
	var books []*yearbook
	for _, year := range []int{2024, 2025, 2026} {
		books = append(books, openYear(t, w, year))
	}
	secret := secrets(books)
	if len(secret) < 100 {
		t.Fatalf("only %d numbers are withheld: the sample shows nothing", len(secret))
	}
	for _, b := range books {
		for name, data := range b.files {
			noSecret(t, fmt.Sprint(b.year, "/", name), data, secret)
			b.tablesWithhold(t, name, data)
		}
		b.anchorsWithhold(t, books)
		b.nobodyIsNamed(t, w)
		b.subtraction(t)
		b.ownTables(t, books)
		b.pastAsPublished(t, books)
	}
	reissued(t, w)
	otherOutputs(t, w, books, secret)
	theAttackBites(t, books, secret)
}

// pastAsPublished holds the earlier years a report offers against the reports of those years: what
// they withheld is withheld, what they showed is the same.
func (b *yearbook) pastAsPublished(t *testing.T, books []*yearbook) {
	t.Helper()
	for _, past := range b.a.Past {
		for _, then := range books {
			if then.year != past.Year || then.a.Base != b.a.Base {
				continue
			}
			for _, c := range past.Cells {
				if own := then.figure(c.Domain, c.Competency, c.Measure); own != c.Figure {
					t.Errorf("%d shows %+v of %d in %v, the report of that year %+v", b.year, c.Figure, past.Year, c.Domain, own)
				}
			}
		}
	}
}

func openYear(t *testing.T, w *world, year int) *yearbook {
	t.Helper()
	in, err := w.inputs(context.Background(), AnalyzeOptions{Year: year})
	if err != nil {
		t.Fatal(err)
	}
	b := &yearbook{year: year, a: w.analysis, sample: in.Samples[year], files: make(tree)}
	if year != w.analysis.Year {
		in.Replicates = -1
		if b.a, err = gap.Analyze(w.Codebook, *in); err != nil {
			t.Fatal(err)
		}
	}
	b.read(t, w, in.Curriculum[year])
	taught := func(p codebook.ProgrammeID, c codebook.CompetencyID) (int, bool) {
		if in.Curriculum[year] == nil {
			return 0, false
		}
		t, ok := in.Curriculum[year].Taught(p, c)
		return t.Level, ok
	}
	b.view = demand.NewView(w.Codebook, b.sample, demand.Options{Base: b.a.Base, K: -1, Taught: taught})
	b.truth = b.view.Tabulate()
	b.cells = make(map[cellAt]demand.Figure)
	for _, c := range b.a.Cells {
		b.cells[cellAt{c.Domain, c.Competency, c.Measure}] = c.Figure
	}
	for _, c := range b.a.Openings {
		b.cells[cellAt{domain: c.Domain}] = c.Figure
	}
	return b
}

// read takes the files of the report: those of the newest year as they are served, with pictures and
// workbooks, those of an earlier year as pages and tables.
func (b *yearbook) read(t *testing.T, w *world, plan *curriculum.Map) {
	t.Helper()
	site := tree{}
	if b.a == w.analysis {
		live, err := w.Live(context.Background(), b.year, 0)
		must(t, err)
		site = live.files
	} else {
		must(t, report.Make(b.a, report.Options{Codebook: w.Codebook, Curriculum: plan, Years: []int{2024, 2025, 2026}, Stills: noStills{}}, site.put))
	}
	for name, content := range site {
		for inner, data := range unpacked(t, name, content) {
			b.files[filepath.Join(name, inner)] = data
		}
	}
}

// noStills leaves the still pictures out: they are drawn from the data of the charts alone.
type noStills struct{}

func (noStills) Load(string) ([]byte, bool) { return []byte("<svg></svg>"), true }
func (noStills) Store(string, []byte)       {}

// tablesWithhold checks the places where a flag stands beside numbers: tables for download, the
// explorer's cuts, and the JSON that other programs read.
func (b *yearbook) tablesWithhold(t testing.TB, name string, data []byte) {
	t.Helper()
	switch {
	case strings.HasSuffix(name, ".csv"):
		rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(name, err)
		}
		for _, row := range rows[1:] {
			for i, head := range rows[0] {
				if demand.Flag(row[i]).Suppressed() && strings.Join(row[i-6:i], "") != "" {
					t.Errorf("%d/%s: %s says %s beside %q", b.year, name, head, row[i], row[i-6:i])
				}
			}
		}
	case strings.HasSuffix(name, ".html"):
		for _, cuts := range between(data, `<script type="application/json" class="cuts">`, "</script>") {
			b.cutsWithhold(t, name, cuts)
		}
	case name == figuresFile:
		var doc any
		if err := json.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		flagged(doc, func(m map[string]any) {
			if demand.Flag(fmt.Sprint(m["flag"])).Suppressed() && (m["estimate"] != nil || m["se"] != nil || m["lo"] != nil || m["n_enterprises"] != nil || m["n_jobs"] != nil) {
				t.Errorf("%d/%s: %v", b.year, name, m)
			}
		})
	}
}

func flagged(v any, do func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		if v["flag"] != nil {
			do(v)
		}
		for _, x := range v {
			flagged(x, do)
		}
	case []any:
		for _, x := range v {
			flagged(x, do)
		}
	}
}

func (b *yearbook) cutsWithhold(t testing.TB, name string, data []byte) {
	t.Helper()
	var doc struct {
		Years []struct {
			Year  int
			Cells map[string][][3][6]any
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil || len(doc.Years) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	for _, year := range doc.Years {
		for cut, rows := range year.Cells {
			for _, row := range rows {
				for _, f := range row {
					if demand.Flag(f[4].(string)).Suppressed() && (f[0] != nil || f[1] != nil || f[2] != nil || f[3] != nil || f[5] != nil) {
						t.Errorf("%d/%s: %d %s: %v", b.year, name, year.Year, cut, f)
					}
				}
			}
		}
	}
}

// anchorsWithhold checks every number that a page prints under an address, whatever its page.
func (b *yearbook) anchorsWithhold(t *testing.T, books []*yearbook) {
	t.Helper()
	hidden := make(map[string]bool)
	for _, y := range books {
		for _, c := range y.a.Cells {
			hidden[y.a.AddressOf(c).String()] = c.Figure.Flag.Suppressed()
		}
		for _, c := range y.a.Openings {
			hidden[y.a.AddressOf(c).String()] = c.Figure.Flag.Suppressed()
		}
		for _, m := range gap.Sizes() { // the size of the whole survey, which every report states
			hidden[gap.Address{Year: y.year, Measure: m}.String()] = false
		}
	}
	found := 0
	for name, data := range b.files {
		for _, m := range addressed(data) {
			at, text := m[0], m[1]
			withheld, known := hidden[at]
			found++
			if withheld && strings.ContainsAny(untagged(text), "0123456789") {
				t.Errorf("%d/%s prints %q at %s, which is withheld", b.year, name, text, at)
			}
			if !known && !strings.Contains(at, "/breadth") && !strings.Contains(at, "/salary") {
				t.Errorf("%d/%s: %s is no figure of the analysis", b.year, name, at)
			}
		}
	}
	if found < 1000 {
		t.Errorf("%d: only %d numbers have an address", b.year, found)
	}
}

// nobodyIsNamed checks that no file holds an enterprise, its code or a member of the faculty.
func (b *yearbook) nobodyIsNamed(t *testing.T, w *world) {
	t.Helper()
	var names []string // numbers of staff are looked for as words of their own
	enterprises, err := w.Store.Enterprises(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range enterprises {
		names = append(names, e.Name, e.USCC)
	}
	for _, e := range b.sample.Enterprises {
		names = append(names, e.Key, e.Display)
	}
	staff := make(map[string]bool)
	for _, v := range b.sample.Visits {
		staff[v.Faculty] = true
	}
	for file, data := range b.files {
		for _, n := range names {
			if n != "" && bytes.Contains(data, []byte(n)) {
				t.Errorf("%d/%s names %q", b.year, file, n)
			}
		}
		for id := range staff {
			if saysWord(data, id) && file != "rules.html" { // which has an invented one as an example
				t.Errorf("%d/%s names %q", b.year, file, id)
			}
		}
	}
}

// ownTables attacks what stands outside the table of domains.
func (b *yearbook) ownTables(t *testing.T, books []*yearbook) {
	t.Helper()
	k := b.a.K
	for _, r := range b.a.Change.Rows {
		then := books[slices.IndexFunc(books, func(y *yearbook) bool { return y.year == b.a.Change.Since })]
		if r.Same.Shown() {
			b.sameEnterprises(t, r, then)
		} else if r.Parts != (gap.Parts{}) {
			t.Errorf("%d: %s divides a change whose part is withheld: %+v", b.year, r.Domain.Key(), r.Parts)
		}
	}
	b.strata(t)
	b.loops(t)
	for _, r := range b.a.Dependence.Rows {
		if r.Of != "visits" && r.Over == "enterprise" && r.TopShare != nil {
			t.Errorf("%d: the largest enterprise's share of %s is exact", b.year, r.Of)
		}
		if r.Over == "industry" && r.Top != "" && b.openings(demand.Domain{Industry: r.Top}).Flag.Suppressed() {
			t.Errorf("%d: %s of industry %s are withheld in one table and named in another", b.year, r.Of, r.Top)
		}
	}
	for _, r := range b.a.Quality.Reliability {
		if r.Enterprises > 0 && r.Enterprises < k || r.Alpha != nil && r.Enterprises < k {
			t.Errorf("%d: agreement between visits to %d enterprises", b.year, r.Enterprises)
		}
	}
	b.texts(t)
	for _, r := range b.a.Technologies.Rows {
		if r.Named < k {
			t.Errorf("%d: technology %s named by %d", b.year, r.Name, r.Named)
		}
	}
	for _, r := range b.a.Titles.Rows {
		if r.Enterprises < k {
			t.Errorf("%d: title %s of %d", b.year, r.Title, r.Enterprises)
		}
	}
}

// strata checks that no number of enterprises visited in a cell of the frame can be had from those
// of its industry and its size, nor the other way round.
func (b *yearbook) strata(t *testing.T) {
	t.Helper()
	type total struct{ n, shown, hidden int }
	totals := make(map[demand.Domain]*total)
	for _, s := range b.a.Quality.Strata {
		if s.Visited > 0 && s.Visited < b.a.K || s.Flag.Suppressed() && s.Share != nil {
			t.Errorf("%d: stratum %s/%s: %d visited", b.year, s.Industry, s.Size, s.Visited)
		}
		for _, d := range []demand.Domain{{Industry: s.Industry}, {Size: s.Size}} {
			if totals[d] == nil {
				totals[d] = &total{}
			}
			at := totals[d]
			for _, e := range b.sample.Enterprises {
				if e.Industry == s.Industry && e.Size == s.Size {
					at.n++
				}
			}
			at.shown += s.Visited
			if s.Flag.Suppressed() {
				at.hidden++
			}
		}
	}
	for d, at := range totals {
		known := !b.openings(d).Flag.Suppressed()
		if left := at.n - at.shown; known && left > 0 && left < b.a.K {
			t.Errorf("%d: strata of %s: the total less what is shown leaves %d enterprises", b.year, d.Key(), left)
		}
		if !known && at.hidden == 0 && at.n > 0 {
			t.Errorf("%d: strata of %s add up to a number that is withheld", b.year, d.Key())
		}
	}
}

// sameEnterprises checks that those left out of a change among the same enterprises are many, or
// none, in either year.
func (b *yearbook) sameEnterprises(t *testing.T, r gap.ChangeRow, then *yearbook) {
	t.Helper()
	c := slices.Index(b.sample.Competencies, r.Competency)
	for _, pair := range [2][2]*yearbook{{b, then}, {then, b}} {
		y, other := pair[0], pair[1]
		in := make(map[string]bool)
		for _, e := range other.sample.Enterprises {
			in[e.Key] = true
		}
		u := y.unions(func(j int) bool {
			v := y.sample.Jobs.Ratings[c]
			given := map[demand.Measure]bool{
				demand.MeanImportance: v[demand.Importance][j] > 0, demand.MeanRequired: v[demand.Required][j] > 0, demand.MeanGraduate: v[demand.Graduate][j] > 0,
				demand.PerformanceGap: v[demand.Required][j] > 0 && v[demand.Graduate][j] > 0,
			}
			return given[r.Measure] && y.view.Weight(j) > 0 && r.Domain.Holds(y.sample, j)
		})
		for _, both := range []bool{true, false} {
			if why := u.confidential(u.set(func(j int) bool { return in[y.sample.Enterprises[y.sample.Jobs.Enterprise[j]].Key] == both })); why != "" {
				t.Errorf("%d: change of %s %s %s among the same enterprises, in both years %v: %s", b.year, r.Domain.Key(), r.Competency, r.Measure, both, why)
			}
		}
	}
}

// texts checks that the jobs that mention a competency, those that do not and those without a text
// are each many, or none, wherever two of the three shares are shown.
func (b *yearbook) texts(t *testing.T) {
	t.Helper()
	for _, r := range b.a.Texts.Rows {
		for _, w := range r.Words {
			if w.Enterprises < b.a.K {
				t.Errorf("%d: word %s of %d", b.year, w.Word, w.Enterprises)
			}
		}
		if !r.HighIf.Shown() && !r.HighElse.Shown() {
			continue
		}
		u := b.unions(func(j int) bool { return true })
		for want := range 3 {
			row := u.set(func(j int) bool { return b.speaksOf(j, r.Competency) == want })
			if why := u.confidential(row); why != "" && strings.HasSuffix(why, "enterprises") {
				t.Errorf("%d: texts on %s, group %d: %s", b.year, r.Competency, want, why)
			}
		}
	}
}

// speaksOf is 0 for a job without a text, 1 where the text mentions the competency, else 2.
func (b *yearbook) speaksOf(j int, id codebook.CompetencyID) int {
	text := b.sample.Jobs.Requirement[j]
	if text == "" {
		return 0
	}
	for _, m := range codebook.Default().Mentions(text) {
		if m.Competency == id {
			return 1
		}
	}
	return 2
}

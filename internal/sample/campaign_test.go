package sample

import (
	_ "embed"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

//go:embed testdata/clinic.yaml
var clinic []byte

func visitsOf(c *Campaign) []Filled { return slices.Collect(c.Visits()) }

func dump(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func everything(t *testing.T, c *Campaign) string {
	t.Helper()
	return dump(t, visitsOf(c)) + dump(t, c.Roster()) + dump(t, c.Curriculum()) + dump(t, c.Outcomes()) + dump(t, c.Decisions())
}

func TestSameSeedSameCampaign(t *testing.T) {
	o := Options{Year: 2025, Visits: 60, Seed: 11}
	a, b := everything(t, New(codebook.Default(), o)), everything(t, New(codebook.Default(), o))
	if a != b {
		t.Error("two runs of the same seed differ")
	}
	o.Seed++
	if a == everything(t, New(codebook.Default(), o)) {
		t.Error("another seed must give another campaign")
	}
}

// A visit depends on nothing but its number: the 50th is the same whether the others were made or not.
func TestVisitsAreIndependent(t *testing.T) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: 80, Seed: 3})
	all := visitsOf(c)
	if got, want := dump(t, c.Visit(50)), dump(t, all[50]); got != want {
		t.Errorf("visit 50 alone is\n%s\nin the run\n%s", got, want)
	}
}

func TestVisitsStopWhenAsked(t *testing.T) {
	n := 0
	for range New(codebook.Default(), Options{Year: 2026, Visits: 200_000, Seed: 1}).Visits() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d visits made, want 3: the sequence streams", n)
	}
}

// Six of ten enterprises of a year were visited the year before: the panel.
func TestPanel(t *testing.T) {
	for _, visits := range []int{DefaultVisits, 1000} {
		before := names(New(codebook.Default(), Options{Year: 2025, Visits: visits, Seed: 5}))
		now := names(New(codebook.Default(), Options{Year: 2026, Visits: visits, Seed: 5}))
		again := 0
		for name := range now {
			if before[name] {
				again++
			}
		}
		share := float64(again) / float64(len(now))
		if share < 0.5 || share > 0.72 {
			t.Errorf("%d visits: %.2f of the enterprises were there the year before, want about 0.6", visits, share)
		}
	}
}

func names(c *Campaign) map[string]bool {
	out := make(map[string]bool)
	for f := range c.Visits() {
		out[f.Visit.Enterprise.Name] = true
	}
	return out
}

// What the checks of the survey room hold against each other must agree, or tidy visits would be
// handed back.
func TestVisitsContradictNothing(t *testing.T) {
	for _, cb := range []*codebook.Codebook{codebook.Default(), other(t)} {
		c := New(cb, Options{Year: 2026, Visits: 400, Seed: 2})
		staff := make(map[string]string)
		for _, m := range c.Roster().Faculty {
			staff[m.ID] = m.Name
		}
		keys := make(map[survey.VisitKey]bool)
		for i, f := range visitsOf(c) {
			v := &f.Visit
			checkVisit(t, cb, i, v, staff)
			key := survey.VisitKey{Year: v.Year, Faculty: v.Faculty.ID, Enterprise: v.Enterprise.Name, Day: v.Day}
			if keys[key] {
				t.Errorf("%s visit %d: the same visit twice: %v", cb.ID, i, key)
			}
			keys[key] = true
		}
	}
}

func checkVisit(t *testing.T, cb *codebook.Codebook, i int, v *survey.Visit, staff map[string]string) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s visit %d: "+format, append([]any{cb.ID, i}, args...)...)
	}
	if staff[v.Faculty.ID] != v.Faculty.Name {
		fail("%s is not on the roster", v.Faculty.ID)
	}
	if slices.Contains(v.CoVisitors, v.Faculty.ID) {
		fail("the visitor is among the co-visitors")
	}
	if !strings.HasPrefix(string(v.Day), "2026-0") || v.Day < "2026-03-01" || v.Day > "2026-07-01" {
		fail("day %s", v.Day)
	}
	e := v.Enterprise
	if e.USCC != "" && survey.CheckUSCC(e.USCC) != survey.USCCFine {
		fail("credit code %s fails its check", e.USCC)
	}
	if !strings.Contains(e.Name, "示例") || e.USCC != "" && !strings.HasPrefix(e.USCC, "91990000QQ") {
		fail("enterprise %s %s is not recognisably invented", e.Name, e.USCC)
	}
	if v.GraduatesHired.Known() && e.Employees.Known() && v.GraduatesHired.Value > e.Employees.Value {
		fail("%d graduates among %d employees", v.GraduatesHired.Value, e.Employees.Value)
	}
	for vocabulary, code := range map[string]string{"visit_mode": v.Mode, "enterprise_size": e.Size, "ownership": e.Ownership, "region": e.Region, "industry": e.Division} {
		if it, ok := cb.Find(vocabulary, code); !ok || it.Code != code {
			fail("%s %q is no code", vocabulary, code)
		}
	}
	if len(v.Jobs) == 0 {
		fail("no job")
	}
	for _, j := range v.Jobs {
		checkJob(fail, cb, v, j)
	}
}

func checkJob(fail func(string, ...any), cb *codebook.Codebook, v *survey.Visit, j survey.Job) {
	if !slices.Contains(v.Programmes, j.Programme) {
		fail("job %s is for %s, the visit for %v", j.Title, j.Programme, v.Programmes)
	}
	if it, ok := cb.Find("job_family", string(j.Family)); !ok || it.Code != string(j.Family) {
		fail("family %q", j.Family)
	}
	if j.SalaryMin.Known() && (j.SalaryMin.Value > j.SalaryMax.Value || j.SalaryMin.Value < 500 || j.SalaryMax.Value > 100_000) {
		fail("salary %v–%v", j.SalaryMin.Value, j.SalaryMax.Value)
	}
	if len(j.Ratings) != len(cb.Active()) {
		fail("%d ratings for %d competencies", len(j.Ratings), len(cb.Active()))
	}
	for _, r := range j.Ratings {
		if !r.Importance.Known() || !r.Required.Known() {
			fail("%s: importance and required level are required", r.Competency)
		}
		if v.GraduatesHired.Known() && v.GraduatesHired.Value == 0 && r.Graduate.Known() {
			fail("graduates rated where none were hired")
		}
		for _, a := range []survey.Answer[int]{r.Importance, r.Required, r.Graduate} {
			if a.Known() && (a.Value < 1 || a.Value > 5) {
				fail("rating %d", a.Value)
			}
		}
	}
}

// The distributions that readers of the sample will look at, on 2,000 visits.
func TestDistributions(t *testing.T) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: 2000, Seed: 4})
	var jobs, missing, ratings, near, huawei, refused, uncoded int
	hires, perName := map[string]int{}, map[string]int{}
	programmes, sizes := map[codebook.ProgrammeID]int{}, map[string]int{}
	var salaries []float64
	for f := range c.Visits() {
		v := f.Visit
		perName[v.Enterprise.Name]++
		sizes[v.Enterprise.Size]++
		near += count(strings.HasPrefix(v.Enterprise.Region, "44"))
		huawei += count(slices.Contains(v.Enterprise.Ecosystems, "huawei"))
		uncoded += count(v.Enterprise.USCC == "")
		for _, j := range v.Jobs {
			jobs++
			programmes[j.Programme]++
			hires[v.Enterprise.Name] += j.PlannedHires.Value
			refused += count(j.SalaryMin.Status == survey.Refused)
			if j.SalaryMin.Known() {
				salaries = append(salaries, float64(j.SalaryMin.Value+j.SalaryMax.Value)/2)
			}
			for _, r := range j.Ratings {
				ratings++
				missing += count(!r.Graduate.Known())
			}
		}
	}
	slices.Sort(salaries)
	within(t, "jobs a visit", float64(jobs)/2000, 2.6, 3.6)
	within(t, "share of missing graduate levels", float64(missing)/float64(ratings), 0.045, 0.08)
	within(t, "share in Guangdong", float64(near)/2000, 0.65, 0.8)
	within(t, "share of the largest ecosystem", float64(huawei)/2000, 0.5, 0.65)
	within(t, "share without credit code", float64(uncoded)/2000, 0.02, 0.08)
	within(t, "share of jobs whose salary is refused", float64(refused)/float64(jobs), 0.02, 0.06)
	within(t, "share of small enterprises", float64(sizes["small"])/2000, 0.38, 0.52)
	within(t, "median middle of the salary range", salaries[len(salaries)/2], 7000, 14000)
	within(t, "share of jobs of computer networks", float64(programmes["computer_network"])/float64(jobs), 0.28, 0.42)
	within(t, "visits to the dominant partner", float64(perName[enterpriseName(dominantPartner)]), 20, 60)
	all, largest := 0, 0
	for _, n := range hires {
		all += n
		largest = max(largest, n)
	}
	within(t, "share of all hires that is the partner's", float64(largest)/float64(all), 0.1, 0.45)
	twice := 0
	for _, n := range perName {
		twice += count(n == 2)
	}
	within(t, "enterprises visited by two", float64(twice), 40, 120)
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func within(t *testing.T, what string, got, lo, hi float64) {
	t.Helper()
	if math.IsNaN(got) || got < lo || got > hi {
		t.Errorf("%s: %.3f, want %v to %v", what, got, lo, hi)
	}
}

// Two visits to one enterprise in a year come from different faculty.
func TestRevisitsAreByAnother(t *testing.T) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: 200, Seed: 4})
	seen := map[string]string{}
	twice := 0
	for f := range c.Visits() {
		key := f.Visit.Enterprise.Name
		if by, ok := seen[key]; ok {
			twice++
			if by == f.Visit.Faculty.ID {
				t.Errorf("%s was visited twice by %s", key, by)
			}
		}
		seen[key] = f.Visit.Faculty.ID
	}
	if twice == 0 {
		t.Error("no enterprise was visited by two")
	}
}

func TestNamesAndCodesAreUnique(t *testing.T) {
	names, codes := map[string]int{}, map[string]int{}
	for n := range 40_000 {
		number := n * 11
		name, code := enterpriseName(number), uscc(number)
		if other, ok := names[name]; ok {
			t.Fatalf("%s names %d and %d", name, other, number)
		}
		if other, ok := codes[code]; ok {
			t.Fatalf("%s codes %d and %d", code, other, number)
		}
		if fault := survey.CheckUSCC(code); fault != survey.USCCFine {
			t.Fatalf("%s: fault %d", code, fault)
		}
		names[name], codes[code] = number, number
	}
}

func TestMess(t *testing.T) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: DefaultVisits, Seed: 1})
	seen := map[Mess]int{}
	form, _ := codebook.Default().Form("visit")
	for i, f := range visitsOf(c) {
		seen[f.Mess]++
		if (f.Mess == Tidy) != (len(f.Overrides) == 0) {
			t.Errorf("visit %d is %q with %d overrides", i, f.Mess, len(f.Overrides))
		}
		for _, o := range f.Overrides {
			s, ok := form.Sheet(o.Sheet)
			if !ok {
				t.Errorf("no sheet %s", o.Sheet)
				continue
			}
			if _, ok := s.Field(o.Field); !ok && o.Blank == 0 {
				t.Errorf("no field %s", o.Field)
			}
			if o.Sheet == "jobs" && o.Row >= len(f.Visit.Jobs) {
				t.Errorf("visit %d has no job %d", i, o.Row)
			}
		}
	}
	for _, m := range messes {
		if seen[m] != 1 {
			t.Errorf("%s occurs %d times, want once", m, seen[m])
		}
	}
	if tiny := New(codebook.Default(), Options{Year: 2026, Visits: 5}); slices.ContainsFunc(visitsOf(tiny), func(f Filled) bool { return f.Mess != Tidy }) {
		t.Error("a tiny campaign is tidy")
	}
}

func TestMessWritesTheSameAnswers(t *testing.T) {
	v := survey.Visit{Day: "2026-03-05"}
	if got := chineseDate(v.Day); got != "2026年3月5日" {
		t.Errorf("date %s", got)
	}
	if got := fullWidth("20"); got != "２０" {
		t.Errorf("digits %s", got)
	}
}

func TestRosterHoldsTheVisits(t *testing.T) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: 300, Seed: 9})
	r := c.Roster()
	listed, strata := map[string]bool{}, map[stratumKey]int{}
	for _, e := range r.Frame {
		if listed[e.Name] {
			t.Errorf("%s is listed twice", e.Name)
		}
		listed[e.Name] = true
		if e.USCC != "" {
			listed[e.USCC] = true
		}
		strata[stratumKey{e.Industry, e.Size}]++
	}
	for name := range names(c) {
		if !listed[name] {
			t.Errorf("%s was visited and is not in the frame", name)
		}
	}
	population := map[stratumKey]int{}
	for _, s := range r.Strata {
		population[stratumKey{s.Industry, s.Size}] = s.Population
	}
	for k, n := range strata {
		if population[k] < n {
			t.Errorf("stratum %v has %d listed of %d", k, n, population[k])
		}
	}
	dispositions := map[string]int{}
	for _, a := range r.Assignments {
		dispositions[a.Disposition]++
		if !listed[a.Enterprise] {
			t.Errorf("assignment to %s outside the frame", a.Enterprise)
		}
	}
	if dispositions["refused"] == 0 || dispositions["no_contact"] == 0 || dispositions["complete"] < 200 {
		t.Errorf("dispositions %v", dispositions)
	}
}

// The lists of a roster stop at what a sheet should hold; the strata count everyone.
func TestVeryLargeCampaignStaysWithinTheSheets(t *testing.T) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: 16_000, Seed: 1})
	r := c.Roster()
	if len(r.Frame) > maxListed || len(r.Assignments) > maxListed+maxListed/12+1 {
		t.Errorf("%d targets, %d assignments", len(r.Frame), len(r.Assignments))
	}
	sent := map[[2]string]bool{}
	for _, a := range r.Assignments {
		pair := [2]string{a.Faculty, a.Enterprise}
		if sent[pair] {
			t.Errorf("%s is sent to %s twice: the roster would be refused", a.Faculty, a.Enterprise)
		}
		sent[pair] = true
	}
	total := 0
	for _, s := range r.Strata {
		total += s.Population
	}
	if total < 24_000 {
		t.Errorf("strata count %d enterprises, fewer than the frame has", total)
	}
}

func other(t *testing.T) *codebook.Codebook {
	t.Helper()
	cb, err := codebook.Parse(clinic)
	if err != nil {
		t.Fatal(err)
	}
	return cb
}

// Another field needs no code: everything it names is its own.
func TestAnotherCodebook(t *testing.T) {
	cb := other(t)
	c := New(cb, Options{Year: 2026, Visits: 60, Seed: 8})
	for f := range c.Visits() {
		for _, j := range f.Visit.Jobs {
			for _, x := range j.Certificates {
				if _, ok := cb.Find("certificates", string(x.Track)+"/"+string(x.Level)); !ok {
					t.Errorf("certificate %v", x)
				}
			}
		}
	}
	m := c.Curriculum()
	for _, p := range cb.Programmes {
		if len(m.Of(p.Code)) < 4 {
			t.Errorf("programme %s has %d modules", p.Code, len(m.Of(p.Code)))
		}
	}
	p, even := c.model.plot, bases["jobs"]
	before := gapOf(New(cb, Options{Year: 2025, Visits: 60, Seed: 8}), p.Programme, p.Mended, even)
	after := gapOf(c, p.Programme, p.Mended, even)
	if !beyond(before, after) {
		t.Errorf("the plot is cast anew: %v to %v", before, after)
	}
	if reg := New(cb, Options{Year: 2025, Visits: 60, Seed: 8}).Decisions(); len(reg.Decisions) != 3 {
		t.Errorf("%d decisions", len(reg.Decisions))
	}
	if o := c.Outcomes(); len(o.Graduates) != len(cb.Programmes) || len(o.Certificates) == 0 {
		t.Errorf("outcomes %+v", o)
	}
}

func TestNoVisits(t *testing.T) {
	for _, n := range []int{-1, 0, 1, 2} {
		c := New(codebook.Default(), Options{Year: 2023, Visits: n, Seed: 1})
		if got := len(visitsOf(c)); got != max(n, 0) {
			t.Errorf("%d visits asked, %d made", n, got)
		}
		c.Roster()
		c.Outcomes()
	}
}

func BenchmarkVisit(b *testing.B) {
	c := New(codebook.Default(), Options{Year: 2026, Visits: 200_000, Seed: 1})
	i := 0
	for b.Loop() {
		c.Visit(i % 200_000)
		i++
	}
}

// The roster form takes plans of up to 100 visits a person, and a person has some 200 days.
func TestNobodyIsSentOnTooManyVisits(t *testing.T) {
	for visits, most := range map[int]int{60: 2, 2000: 2, 48000: 40, 200000: 40} {
		c := New(codebook.Default(), Options{Year: 2026, Visits: visits, Seed: 1})
		if each := (visits + c.faculty - 1) / c.faculty; each > most {
			t.Errorf("of %d visits one person makes %d, want at most %d", visits, each, most)
		}
	}
}

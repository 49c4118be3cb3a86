package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// surveyOf is n random visits of 2026 with missing answers of every kind.
func surveyOf(rng *rand.Rand, n int) []survey.Visit {
	out := make([]survey.Visit, n)
	for i := range out {
		v := aVisit(i, 1+rng.IntN(4))
		v.Enterprise.Name = fmt.Sprintf("样例企业%d有限公司", i%max(n*2/3, 1)) // some are visited twice
		for j := range v.Jobs {
			v.Jobs[j].Programme = []codebook.ProgrammeID{"computer_network", "iot", "mobile_internet"}[rng.IntN(3)]
			for c := range v.Jobs[j].Ratings {
				r := &v.Jobs[j].Ratings[c]
				for _, a := range []*survey.Answer[int]{&r.Importance, &r.Required, &r.Graduate} {
					*a = survey.Have(1 + rng.IntN(5))
					if rng.IntN(4) == 0 {
						*a = survey.Answer[int]{Status: []survey.Status{survey.Blank, survey.Unknown, survey.NotApplicable, survey.Refused}[rng.IntN(4)]}
					}
				}
			}
		}
		out[i] = v
	}
	return out
}

// Two ways to one number: what SQL tallies through rating_view equals what Go counts in the
// columns, over random surveys with corrections and withdrawals.
func TestTwoWaysToOneNumber(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(trial.Rounds(3, 30)) {
		rng := rand.New(rand.NewPCG(seed, 21))
		s := openTemp(t)
		for i, v := range surveyOf(rng, 20) {
			out := mustSave(t, s, handIn(fmt.Sprint(i), v))
			switch rng.IntN(5) {
			case 0:
				mustSave(t, s, handIn(fmt.Sprint(i, "corrected"), changed(v)))
			case 1:
				if err := s.Withdraw(ctx, out.Submission, Act{By: "office"}); err != nil {
					t.Fatal(err)
				}
			}
		}
		sample, err := s.LoadSample(ctx, 2026)
		if err != nil {
			t.Fatal(err)
		}
		inSQL, err := tally(ctx, s.Reader, 2026)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tallyColumns(sample), inSQL); diff != "" || len(inSQL) != 21 {
			t.Errorf("seed %d (-columns +SQL):\n%s", seed, diff)
		}
	}
}

// tallyRow is what SQL makes of one competency in one programme: counts and sums of the given
// answers. It is the second way to numbers that Go tabulates from columns.
type tallyRow struct {
	Programme  codebook.ProgrammeID
	Competency codebook.CompetencyID
	Jobs       int    // rows, answered or not
	N          [3]int // answers: importance, required, graduate
	Sum        [3]int
	Pairs      int // both required and graduate given
	Gap        int // sum of required - graduate over those pairs
}

// tally tabulates the ratings of a year in SQL, through rating_view, as the database is now.
func tally(ctx context.Context, r *Reader, year int) ([]tallyRow, error) {
	return queryAll(ctx, r, func(t *tallyRow) []any {
		return []any{&t.Programme, &t.Competency, &t.Jobs, &t.N[0], &t.N[1], &t.N[2], &t.Sum[0], &t.Sum[1], &t.Sum[2], &t.Pairs, &t.Gap}
	}, `SELECT programme, competency, count(*), count(importance), count(required), count(graduate),
  coalesce(sum(importance), 0), coalesce(sum(required), 0), coalesce(sum(graduate), 0),
  count(required - graduate), coalesce(sum(required - graduate), 0)
FROM rating_view WHERE (? = '' OR college = ?) AND year = ? GROUP BY programme, competency ORDER BY programme, competency`, r.college, r.college, year)
}

// tallyColumns counts in Go what tally counts in SQL.
func tallyColumns(s *demand.Sample) []tallyRow {
	type key struct {
		p codebook.ProgrammeID
		c codebook.CompetencyID
	}
	rows := make(map[key]*tallyRow)
	for j := range s.Jobs.Len() {
		for c, id := range s.Competencies {
			k := key{s.Jobs.Programme[j], id}
			if rows[k] == nil {
				rows[k] = &tallyRow{Programme: k.p, Competency: k.c}
			}
			row, x := rows[k], [3]int{}
			row.Jobs++
			for m := range x {
				if x[m] = int(s.Jobs.Ratings[c][m][j]); x[m] > 0 {
					row.N[m]++
					row.Sum[m] += x[m]
				}
			}
			if x[demand.Required] > 0 && x[demand.Graduate] > 0 {
				row.Pairs++
				row.Gap += x[demand.Required] - x[demand.Graduate]
			}
		}
	}
	var out []tallyRow
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b tallyRow) int {
		if a.Programme != b.Programme {
			return compareText("", "", string(a.Programme), string(b.Programme))
		}
		return compareText("", "", string(a.Competency), string(b.Competency))
	})
	return out
}

// The order in which files come in does not show in a sample, but for the ids of its rows.
func TestSampleIsIndependentOfOrder(t *testing.T) {
	ctx := context.Background()
	visits := surveyOf(rand.New(rand.NewPCG(31, 32)), 25)
	var first *demand.Sample
	for seed := range uint64(trial.Rounds(3, 20)) {
		s := openTemp(t)
		order := rand.New(rand.NewPCG(seed, 33)).Perm(len(visits))
		for _, i := range order {
			mustSave(t, s, handIn(fmt.Sprint(i), visits[i]))
		}
		sample, err := s.LoadSample(ctx, 2026, sevenCompetencies...)
		if err != nil {
			t.Fatal(err)
		}
		forgetIDs(sample)
		if first == nil {
			first = sample
		}
		if diff := cmp.Diff(first, sample); diff != "" {
			t.Fatalf("order %v:\n%s", order, diff)
		}
	}
}

func forgetIDs(s *demand.Sample) {
	clear(s.Jobs.ID)
	for i := range s.Visits {
		s.Visits[i].ID = 0
	}
	for i := range s.Suggestions {
		s.Suggestions[i].ID = 0
	}
}

func TestSampleHoldsWhatWasHandedIn(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	v := aVisit(4, 2)
	v.Jobs[1].PlannedHires = survey.Answer[int]{Status: survey.Refused}
	v.Jobs[1].Ratings[2].Graduate = survey.Answer[int]{Status: survey.NotApplicable}
	v.Trends = []survey.Trend{{Technology: "Wi-Fi 7", Direction: "rising", Horizon: "3"}}
	v.Suggestions = []survey.Suggestion{{Module: "NET-201", Kind: "strengthen", Text: "多做故障排查"}}
	later := aVisit(4, 1)
	later.Day, later.Enterprise.Ecosystems, later.Enterprise.Size = "2026-06-20", []string{"cisco"}, "large"
	mustSave(t, s, handIn("a", v))
	mustSave(t, s, handIn("b", later))
	got, err := s.LoadSample(ctx, 2026, sevenCompetencies...)
	if err != nil {
		t.Fatal(err)
	}
	e := got.Enterprises[0]
	if len(got.Enterprises) != 1 || e.Size != "large" || e.Region != "320000" || !slices.Equal(e.Ecosystems, []string{"cisco", "h3c", "huawei"}) || e.Display != "E0001" || e.Stratum != -1 {
		t.Errorf("enterprise: %+v", got.Enterprises)
	}
	j := got.Jobs
	if j.Len() != 3 || j.Hires[0] != 1 || j.Hires[1] != demand.Unasked || j.Ratings[2][demand.Graduate][1] != 0 || j.Ratings[2][demand.Required][1] != 2 {
		t.Errorf("jobs: %+v", j)
	}
	if j.Certificates[0][0] != (survey.Certificate{Track: "datacom", Level: "HCIP"}) || j.Requirement[0] != "熟悉路由交换" || got.Visits[j.Visit[2]].Day != "2026-06-20" {
		t.Errorf("jobs: %+v", j)
	}
	if len(got.Trends) != 1 || len(got.Suggestions) != 1 || got.Suggestions[0].Programmes[0] != "computer_network" {
		t.Errorf("trends %+v, suggestions %+v", got.Trends, got.Suggestions)
	}
	allColumnsFull(t, got)
}

// allColumnsFull holds every column to the number of jobs.
func allColumnsFull(t *testing.T, s *demand.Sample) {
	t.Helper()
	jobs := reflect.ValueOf(s.Jobs)
	for i := range jobs.NumField() {
		if f := jobs.Type().Field(i); f.Name != "Ratings" && jobs.Field(i).Len() != s.Jobs.Len() {
			t.Errorf("column %s has %d rows, want %d", f.Name, jobs.Field(i).Len(), s.Jobs.Len())
		}
	}
}

func TestSampleOfAnEmptyYear(t *testing.T) {
	s := openTemp(t)
	got, err := s.LoadSample(context.Background(), 1999)
	if err != nil || got.Year != 1999 || got.Jobs.Len() != 0 || len(got.Enterprises) != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// A figure leads back to file, sheet and cell.
func TestTraceJobs(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 2)))
	sample, err := s.LoadSample(ctx, 2026, "fault_diagnosis")
	if err != nil {
		t.Fatal(err)
	}
	traces, err := s.TraceJobs(ctx, append(sample.Jobs.ID, 99999999))
	if err != nil || len(traces) != 2 {
		t.Fatalf("%+v %v", traces, err)
	}
	at := traces[1]
	rating := at.Ratings[4]
	cell := survey.Ref{Sheet: at.Sheet, Row: at.Row, Col: rating.RequiredCol}
	if at.File != "a.xlsx" || at.Sheet != "岗位 Jobs" || cell.Cell() != "Y5" || rating.Competency != "fault_diagnosis" ||
		rating.Required.Value != int(sample.Jobs.Ratings[0][demand.Required][1]) {
		t.Errorf("trace: %+v", at)
	}
	var sheet, inView string
	if err := s.read.QueryRow("SELECT sheet, required_cell FROM rating_view WHERE job_id = ? AND competency = 'fault_diagnosis'", int64(at.Job)).Scan(&sheet, &inView); err != nil || inView != "Y5" || sheet != at.Sheet {
		t.Errorf("rating_view says %s!%s %v", sheet, inView, err)
	}
	if n := count(t, s, "SELECT count(*) FROM visit_cell WHERE field = 'faculty_id' AND cell = 'B8' AND sheet = '走访 Visit'"); n != 1 {
		t.Error("visit_cell does not lead to B8")
	}
}

// The database can be read as it stood at any moment before.
func TestReadingThePast(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	visits := surveyOf(rand.New(rand.NewPCG(41, 42)), 12)
	type past struct {
		at     Moment
		key    string
		sample *demand.Sample
	}
	var all []past
	remember := func() {
		head, err := s.AuditHead(ctx)
		if err != nil {
			t.Fatal(err)
		}
		key, err := s.ContentKey(ctx, 2026)
		if err != nil {
			t.Fatal(err)
		}
		sample, err := s.LoadSample(ctx, 2026, sevenCompetencies...)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, past{head.Seq, key, sample})
	}
	for i, v := range visits {
		mustSave(t, s, handIn(fmt.Sprint(i), v))
		remember()
	}
	mustSave(t, s, handIn("corrected", changed(visits[3])))
	remember()
	must(t, s.Withdraw(ctx, 5, Act{By: "office"}))
	remember()
	must(t, s.MergeEnterprises(ctx, 1, 2, Act{By: "office"}))
	remember()
	must(t, s.Reinstate(ctx, 5, Act{By: "office"}))
	remember()
	_, err := s.SplitEnterprise(ctx, []VisitID{2}, "样例分公司", Act{By: "office"})
	must(t, err)
	remember()
	must(t, s.UndoEnterpriseAct(ctx, 1, Act{By: "office"}))
	remember()
	for _, p := range all {
		r := s.At(p.at)
		key, err := r.ContentKey(ctx, 2026)
		if err != nil || key != p.key {
			t.Errorf("moment %d: content differs %v", p.at, err)
		}
		sample, err := r.LoadSample(ctx, 2026, sevenCompetencies...)
		if diff := cmp.Diff(p.sample, sample); err != nil || diff != "" {
			t.Errorf("moment %d: %v\n%s", p.at, err, diff)
		}
	}
	sound(t, s)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestYears(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	old := aVisit(1, 2)
	old.Year, old.Day = 2025, "2025-05-01"
	mustSave(t, s, handIn("old", old))
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	mustSave(t, s, handIn("b", aVisit(2, 3)))
	years, err := s.Years(ctx)
	want := []YearCounts{{2025, 1, 2, 1, 1, "2025-05-01", "2025-05-01"}, {2026, 2, 4, 2, 1, "2026-05-02", "2026-05-03"}}
	if diff := cmp.Diff(want, years); err != nil || diff != "" {
		t.Errorf("years: %v\n%s", err, diff)
	}
	must(t, s.MergeEnterprises(ctx, 1, 2, Act{By: "office"}))
	if years, _ := s.Years(ctx); years[1].Enterprises != 1 {
		t.Errorf("merged enterprises count as %d", years[1].Enterprises)
	}
}

package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// childTask is set for a test binary that was started by a test to play another process.
const childTask = "QIANQI_STORE_CHILD"

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		os.Exit(runChild(task))
	}
	os.Exit(m.Run())
}

// noon is the clock of the tests; every reading is a second later.
func noon() func() time.Time {
	start := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	var ticks atomic.Int64
	return func() time.Time { return start.Add(time.Duration(ticks.Add(1)) * time.Second) }
}

func openTemp(t testing.TB) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "qianqi.db"))
}

func openAt(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(context.Background(), path, Options{Now: noon()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// The enterprises and people of these tests are invented.

var sevenCompetencies = []codebook.CompetencyID{"application_analysis", "product_proficiency", "protocol_comprehension",
	"logical_reasoning", "fault_diagnosis", "architecture_design", "project_management"}

// aVisit is a plain visit, number n, with the given jobs.
func aVisit(n, jobs int) survey.Visit {
	v := survey.Visit{
		College: "ict", Year: 2026, Day: survey.Day(fmt.Sprintf("2026-05-%02d", 1+n%28)), Mode: "on_site",
		Faculty:    survey.Faculty{ID: fmt.Sprintf("T%05d", n/3), Name: fmt.Sprintf("教师%d", n/3), Department: "通信系"},
		Programmes: []codebook.ProgrammeID{"computer_network"},
		Enterprise: survey.Enterprise{Name: fmt.Sprintf("样例企业%d有限公司", n), Industry: "I", Division: "65", Size: "medium",
			Ownership: "private", Region: "320100", Employees: survey.Have(100 + n), Ecosystems: []string{"h3c", "huawei"}},
		Partnership: []string{"internship"}, IntervieweeRole: "技术主管",
		GraduatesHired: survey.Have(n % 7), Satisfaction: survey.Have(1 + n%5),
		Sheet: "走访 Visit",
		Cells: map[codebook.FieldID]survey.Ref{"visit_date": {Sheet: "走访 Visit", Row: 6, Col: 2}, "faculty_id": {Sheet: "走访 Visit", Row: 8, Col: 2}},
	}
	for j := range jobs {
		v.Jobs = append(v.Jobs, aJob(n, j))
	}
	return v
}

func aJob(n, j int) survey.Job {
	job := survey.Job{Title: fmt.Sprintf("网络工程师%d", j), Family: "network_engineer", Programme: "computer_network",
		Headcount: survey.Have(3), PlannedHires: survey.Have(1 + j), Education: "college", Experience: survey.Have(1.5),
		SalaryMin: survey.Have(6000), SalaryMax: survey.Have(9000), Certificates: []survey.Certificate{{Track: "datacom", Level: "HCIP"}},
		Requirement: "熟悉路由交换", Sheet: "岗位 Jobs", Row: 4 + j, RequirementAt: survey.Ref{Sheet: "岗位 Jobs", Row: 4 + j, Col: 40}}
	for c, id := range sevenCompetencies {
		job.Ratings = append(job.Ratings, survey.Rating{Competency: id, Importance: survey.Have(1 + (n+j+c)%5), Required: survey.Have(1 + (n+c)%5),
			Graduate: survey.Have(1 + (j+c)%4), ImportanceCol: 12 + 3*c, RequiredCol: 13 + 3*c, GraduateCol: 14 + 3*c})
	}
	return job
}

// handIn wraps visits as a file of its own; name makes the bytes.
func handIn(name string, visits ...survey.Visit) Submission {
	data := []byte("workbook " + name)
	return Submission{
		Handed: Handed{College: "ict", Name: name + ".xlsx", SHA256: sumOf(data), Size: int64(len(data)), By: "T00001", Channel: "cli",
			Form: "visit", Template: 1, Codebook: "ict-cluster@2026.1", Year: 2026},
		Data: data, Visits: visits,
	}
}

func mustSave(t testing.TB, s *Store, sub Submission) Outcome {
	t.Helper()
	out, err := s.Save(context.Background(), sub)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// count runs a query that gives one number.
func count(t testing.TB, s *Store, query string, args ...any) int {
	t.Helper()
	var n int
	if err := s.read.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// sound fails the test unless Verify finds nothing.
func sound(t testing.TB, s *Store) {
	t.Helper()
	found, err := s.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("verify: %s %s %s", f.Code, f.EN, f.Path)
	}
}

// soundBut fails the test on any finding but those of the given codes.
func soundBut(t *testing.T, s *Store, codes ...string) {
	t.Helper()
	found, err := s.Verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !strings.Contains(strings.Join(codes, " "), f.Code) {
			t.Errorf("verify: %s %s %s", f.Code, f.EN, f.Path)
		}
	}
}

package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// filler sets every field of a value to something of its own, so that a field that the store
// forgets, or mixes up with another, shows. A field added to a stored type fails these tests
// until the schema has a place for it.
type filler struct {
	rng *rand.Rand
	n   int
}

func (f *filler) fill(v reflect.Value) {
	f.n++
	switch a := v.Addr().Interface().(type) {
	case *survey.Answer[int]:
		*a = answerOf(f, f.n%90)
		return
	case *survey.Answer[float64]:
		*a = answerOf(f, float64(f.n)/4)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("文%d \"'\\\n;", f.n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.n))
	case reflect.Float64:
		v.SetFloat(float64(f.n) + 0.5)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+f.n%3, 1+f.n%3))
		for i := range v.Len() {
			f.fill(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 3 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key)
			f.fill(value)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i))
		}
	default:
		panic("no filling for " + v.Type().String())
	}
}

// answerOf gives an answer of any status.
func answerOf[T any](f *filler, value T) survey.Answer[T] {
	if s := survey.Status(f.rng.IntN(5)); s != survey.Given {
		return survey.Answer[T]{Status: s}
	}
	return survey.Have(value)
}

func filled[T any](f *filler) T {
	var v T
	f.fill(reflect.ValueOf(&v).Elem())
	return v
}

// randomVisit is a visit with every field set, within what the schema demands.
func randomVisit(f *filler) survey.Visit {
	v := filled[survey.Visit](f)
	v.College, v.Year, v.Day = "ict", 2024+f.rng.IntN(3), survey.Day(fmt.Sprintf("2026-%02d-%02d", 1+f.rng.IntN(12), 1+f.rng.IntN(28)))
	inRange(f, &v.Satisfaction)
	for i := range v.Jobs {
		for r := range v.Jobs[i].Ratings {
			x := &v.Jobs[i].Ratings[r]
			x.Competency = codebook.CompetencyID(fmt.Sprintf("competency_%d", r))
			x.ImportanceCol, x.RequiredCol, x.GraduateCol = 3*r+f.rng.IntN(2), 3*r+1, 16384-r
			inRange(f, &x.Importance)
			inRange(f, &x.Required)
			inRange(f, &x.Graduate)
		}
		if f.rng.IntN(2) == 0 {
			v.Jobs[i].RequirementAt.Sheet = v.Jobs[i].Sheet
		}
		for c := range v.Jobs[i].Certificates {
			v.Jobs[i].Certificates[c] = survey.Certificate{Track: codebook.TrackID(fmt.Sprintf("t%d", c)), Level: "HCIE"}
		}
	}
	for field, at := range v.Cells { // most stand on the visit's own sheet
		if f.rng.IntN(3) > 0 {
			at.Sheet = v.Sheet
			v.Cells[field] = at
		}
	}
	return v
}

func inRange(f *filler, a *survey.Answer[int]) {
	if a.Known() {
		a.Value = 1 + f.rng.IntN(5)
	}
}

// equateAddresses compares visits as the store promises to keep them: empty lists are nil.
var equate = cmpopts.EquateEmpty()

func TestVisitsComeBackAsTheyWere(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	f := &filler{rng: rand.New(rand.NewPCG(1, 2))}
	want := make(map[VisitID]survey.Visit)
	for n := range 40 {
		v := randomVisit(f)
		out := mustSave(t, s, handIn(fmt.Sprint(n), v))
		want[out.Visits[0].Visit] = v
	}
	seen := 0
	err := s.Visits(ctx, 0, func(got StoredVisit) error {
		seen++
		w := want[got.ID]
		if diff := cmp.Diff(w, got.Visit, equate); diff != "" {
			t.Errorf("visit %d (-handed in +stored):\n%s", got.ID, diff)
		}
		if got.Content != ContentHash(&w) || ContentHash(&got.Visit) != got.Content {
			t.Errorf("visit %d: content hash differs", got.ID)
		}
		return nil
	})
	if err != nil || seen != len(want) {
		t.Errorf("%d of %d visits came back: %v", seen, len(want), err)
	}
	sound(t, s)
}

// Any change of content changes the hash; any change of place does not.
func TestContentHashSeesEveryAnswer(t *testing.T) {
	f := &filler{rng: rand.New(rand.NewPCG(3, 4))}
	v := randomVisit(f)
	base := ContentHash(&v)
	places := map[string]bool{"Sheet": true, "Cells": true, "Changes": true, "Row": true, "RequirementAt": true, "At": true,
		"ImportanceCol": true, "RequiredCol": true, "GraduateCol": true}
	var walk func(path string, x reflect.Value, place bool)
	walk = func(path string, x reflect.Value, place bool) {
		switch x.Kind() {
		case reflect.Struct:
			for i := range x.NumField() {
				name := x.Type().Field(i).Name
				walk(path+"."+name, x.Field(i), place || places[name])
			}
			return
		case reflect.Slice:
			for i := range x.Len() {
				walk(fmt.Sprintf("%s[%d]", path, i), x.Index(i), place)
			}
			return
		case reflect.Map:
			return
		}
		old := reflect.ValueOf(x.Interface())
		switch x.Kind() {
		case reflect.String:
			x.SetString(x.String() + "x")
		case reflect.Int:
			x.SetInt(x.Int() + 1)
		case reflect.Float64:
			x.SetFloat(x.Float() + 1)
		case reflect.Uint8:
			x.SetUint((x.Uint() + 1) % 5)
		}
		if now := ContentHash(&v); (now == base) != place && !blankValue(path, v) {
			t.Errorf("%s: hash changed %v, want %v", path, now != base, !place)
		}
		x.Set(old)
	}
	walk("visit", reflect.ValueOf(&v).Elem(), false)
}

// blankValue excuses the Value field of an answer that is not given: it means nothing.
func blankValue(path string, _ survey.Visit) bool {
	return len(path) > 6 && path[len(path)-6:] == ".Value"
}

func TestIssuesComeBackAsTheyWere(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	f := &filler{rng: rand.New(rand.NewPCG(5, 6))}
	issues := []survey.Issue{filled[survey.Issue](f), filled[survey.Issue](f), filled[survey.Issue](f)}
	for i := range issues {
		issues[i].Ruled = survey.Ruled{} // kept as a ruling on the file, not with the issue
	}
	for i, severity := range []codebook.Severity{codebook.SeverityError, codebook.SeverityWarning, codebook.SeverityTrial} {
		issues[i].Severity, issues[i].File = severity, "bad.xlsx"
	}
	sub := handIn("bad")
	id, err := s.Log(ctx, Attempt{Handed: sub.Handed, Status: Rejected, Issues: issues})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.IssuesOf(ctx, id)
	if diff := cmp.Diff(issues, got); err != nil || diff != "" {
		t.Errorf("%v (-found +stored):\n%s", err, diff)
	}
	again, err := s.Log(ctx, Attempt{Handed: sub.Handed, Status: Rejected, Issues: issues[:1]})
	if err != nil || again != id {
		t.Errorf("the same file again: attempt %d %v", again, err)
	}
	rows, err := s.Attempts(ctx, Filter{Statuses: []string{"rejected"}})
	if err != nil || len(rows) != 1 || rows[0].Times != 2 || rows[0].Errors != issues[0].Count || rows[0].Warnings != 0 {
		t.Errorf("attempts: %+v %v", rows, err)
	}
	if got, err := s.IssuesOf(ctx, id); err != nil || len(got) != 1 {
		t.Errorf("issues of the latest time: %d %v", len(got), err)
	}
	if n := count(t, s, "SELECT (SELECT count(*) FROM visit) + (SELECT count(*) FROM original) + (SELECT count(*) FROM submission)"); n != 0 {
		t.Error("something of a rejected file was stored as data")
	}
	sound(t, s)
}

// documentOf hands in a file of another form.
func documentOf(name string, year int, set func(*Submission)) Submission {
	sub := handIn(name)
	sub.Year = year
	set(&sub)
	return sub
}

func TestReferenceDataComesBack(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	f := &filler{rng: rand.New(rand.NewPCG(7, 8))}
	roster, m, outcomes := filled[survey.Roster](f), filled[curriculum.Map](f), filled[curriculum.Outcomes](f)
	m.College, m.ValidFrom, outcomes.College = "ict", "2025-09-01", "ict"
	mustSave(t, s, documentOf("roster", 2026, func(x *Submission) { x.Roster = &roster }))
	mustSave(t, s, documentOf("curriculum", 2026, func(x *Submission) { x.Curriculum = &m }))
	mustSave(t, s, documentOf("outcomes", 2026, func(x *Submission) { x.Outcomes = &outcomes }))
	gotRoster, err := s.LoadRoster(ctx, 2026)
	if diff := cmp.Diff(&roster, gotRoster, equate); err != nil || diff != "" {
		t.Errorf("roster: %v\n%s", err, diff)
	}
	read := make(map[int64]*survey.Roster)
	frame, err := s.LoadFrame(ctx, 2026, read)
	if diff := cmp.Diff(&survey.Roster{Frame: roster.Frame, Strata: roster.Strata}, frame, equate); err != nil || diff != "" {
		t.Errorf("frame: %v\n%s", err, diff)
	}
	if again, err := s.LoadFrame(ctx, 2025, read); err != nil || again != nil {
		t.Errorf("the frame of a year without a roster is %v, %v", again, err)
	}
	if again, err := s.LoadFrame(ctx, 2027, read); err != nil || again != frame {
		t.Errorf("the frame of the next year is not the one read before: %v", err)
	}
	staff, found, err := s.LoadStaff(ctx, 2026)
	if diff := cmp.Diff(roster.Faculty, staff, equate); err != nil || !found || diff != "" {
		t.Errorf("staff: %v, %v\n%s", found, err, diff)
	}
	if staff, found, err := s.LoadStaff(ctx, 2025); err != nil || found || staff != nil {
		t.Errorf("staff of a year without a roster: %v, %v, %v", staff, found, err)
	}
	gotMap, err := s.LoadCurriculum(ctx, 2026)
	if diff := cmp.Diff(&m, gotMap, equate); err != nil || diff != "" {
		t.Errorf("curriculum: %v\n%s", err, diff)
	}
	gotOutcomes, err := s.LoadOutcomes(ctx)
	if diff := cmp.Diff(&outcomes, gotOutcomes, equate); err != nil || diff != "" {
		t.Errorf("outcomes: %v\n%s", err, diff)
	}
	sound(t, s)
}

func TestRegisterComesBack(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	f := &filler{rng: rand.New(rand.NewPCG(9, 10))}
	reg := filled[curriculum.Register](f)
	for i := range reg.Proposals {
		p := &reg.Proposals[i]
		p.ID, p.Opened = curriculum.ProposalID(fmt.Sprintf("P2025-%02d", i+1)), survey.Day(fmt.Sprintf("2025-03-%02d", i+1))
		for r := range p.Reviews {
			p.Reviews[r].Proposal, p.Reviews[r].Side, p.Reviews[r].Day = p.ID, curriculum.School, survey.Day(fmt.Sprintf("2025-04-%02d", r+1))
		}
	}
	for i := range reg.Decisions {
		d := &reg.Decisions[i]
		d.ID, d.Proposal, d.Outcome, d.Day = fmt.Sprintf("D2025-%02d", i+1), reg.Proposals[0].ID, curriculum.Defer, survey.Day(fmt.Sprintf("2025-05-%02d", i+1))
	}
	mustSave(t, s, documentOf("decisions", 2025, func(x *Submission) { x.Register = &reg }))
	got, err := s.LoadRegister(ctx)
	if diff := cmp.Diff(&reg, got, equate); err != nil || diff != "" {
		t.Errorf("register: %v\n%s", err, diff)
	}
	sound(t, s)
}

// An attempt counts cells, as whoever handed the file in is told, not the lines they were gathered in.
func TestAttemptsCountCells(t *testing.T) {
	errs, warns := countIssues([]survey.Issue{
		{Severity: codebook.SeverityError, Count: 12}, {Severity: codebook.SeverityError}, {Severity: codebook.SeverityWarning, Count: 3}})
	if errs != 13 || warns != 3 {
		t.Errorf("%d errors and %d warnings, want 13 and 3", errs, warns)
	}
}

package campaign

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Progress is where a year's campaign stands: what is done, what was to be done by today, and when
// it will be done at the present pace.
type Progress struct {
	Year         int
	Today        survey.Day
	Department   string // "" is the whole college
	Target       int    // enterprises to visit; 0 where no roster says
	Done         int    // enterprises visited
	Visits       int    // visits, several to one enterprise counted each
	Expected     int    // enterprises that should be done by today
	Start, End   survey.Day
	Pace         float64    // enterprises a week over the last four weeks
	Forecast     survey.Day // when the target will be met at that pace; "" where it will not be
	AtEnd        int        // enterprises done by the end at that pace
	Weeks        []Week
	Strata       []Part
	Departments  []Part
	Faculty      []Part
	Overdue      []Task
	Open         int // tasks neither met nor closed
	Dispositions []Count
	ToReview     int // submissions that the office has not looked at
	Unmended     int // files that came back and were not mended yet
}

// OnSchedule reports whether as much is done as should be.
func (p *Progress) OnSchedule() bool { return p.Done >= p.Expected }

// Week is one point of the curve: what was done, and should have been, by its last day.
type Week struct {
	End      survey.Day
	Done     int // -1 for weeks to come
	Expected int
}

// Part is one stratum, department or person: what it was to do and has done.
type Part struct {
	Key     string
	Name    codebook.Text
	Target  int
	Done    int
	Overdue int
}

// Count is how many assignments ended in one way.
type Count struct {
	Name codebook.Text
	N    int
}

// paceDays is the time over which the pace is taken.
const paceDays = 28

// Progress computes where a year's campaign stands, for one department or for all.
func (c *Campaign) Progress(ctx context.Context, year int, department string) (*Progress, error) {
	v, err := c.survey(ctx, year, department)
	if err != nil {
		return nil, err
	}
	p := &Progress{Year: year, Today: c.Today(), Department: department, Visits: len(v.heads), Done: len(v.first)}
	p.Start, p.End = v.window(c.Codebook.Closing(year), year)
	p.Target = v.target()
	v.curve(p)
	v.forecast(p)
	p.Strata, p.Departments, p.Faculty = v.strata(), v.departments(), v.people()
	for _, t := range v.tasks {
		if t.Overdue {
			p.Overdue = append(p.Overdue, t)
		}
		if !t.Closed {
			p.Open++
		}
	}
	p.Dispositions = v.dispositions()
	if p.ToReview, err = c.toReview(ctx, v); err != nil {
		return nil, err
	}
	refused, err := c.Refused(ctx, year, department)
	p.Unmended = len(refused)
	return p, err
}

// view is one year's campaign in memory.
type view struct {
	c     *Campaign
	year  int
	today survey.Day

	department string // "" for the college
	heads      []store.VisitHead
	mixed      map[store.SubmissionID]bool // not the department's to judge
	first      map[string]survey.Day       // enterprise → its first visit of the year
	roster     *survey.Roster              // of the department where one is asked for; never nil
	tasks      []Task                      // not met
	staff      map[string]survey.Faculty
	frame      map[string]*survey.FrameEnterprise
}

func (c *Campaign) survey(ctx context.Context, year int, department string) (*view, error) {
	v := &view{c: c, year: year, today: c.Today(), department: department, first: make(map[string]survey.Day), staff: make(map[string]survey.Faculty), frame: make(map[string]*survey.FrameEnterprise)}
	heads, err := c.Store.VisitHeads(ctx, 0, "")
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		if h.Year != year {
			continue
		}
		if department == "" || sameDepartment(h.Faculty.Department, department) {
			v.heads = append(v.heads, h)
			if day, seen := v.first[h.PSU]; !seen || h.Day < day {
				v.first[h.PSU] = h.Day
			}
		}
		v.staff[strings.ToLower(h.Faculty.ID)] = h.Faculty
	}
	roster, err := c.Store.LoadRoster(ctx, year)
	if err != nil {
		return nil, err
	}
	v.roster, v.mixed = rosterOf(roster, department), mixedWith(heads, department)
	for _, f := range v.roster.Faculty {
		v.staff[strings.ToLower(f.ID)] = f
	}
	for i := range v.roster.Frame {
		v.frame[v.roster.Frame[i].Key()] = &v.roster.Frame[i]
	}
	v.tasks = c.tasks(v.roster, heads, year)
	return v, nil
}

// rosterOf is a department's part of a roster.
func rosterOf(r *survey.Roster, department string) *survey.Roster {
	switch {
	case r == nil:
		return &survey.Roster{}
	case department == "":
		return r
	}
	out := &survey.Roster{Frame: r.Frame, Strata: r.Strata}
	member := make(map[string]bool)
	for i, f := range r.Faculty {
		if sameDepartment(f.Department, department) {
			member[strings.ToLower(f.ID)] = true
			out.Faculty = append(out.Faculty, f)
			if i < len(r.Plans) {
				out.Plans = append(out.Plans, r.Plans[i])
			}
		}
	}
	for _, a := range r.Assignments {
		if member[strings.ToLower(a.Faculty)] {
			out.Assignments = append(out.Assignments, a)
		}
	}
	return out
}

// target is how many enterprises are to be visited: those assigned, else the visits planned, else, for the
// college, the frame. A department to which nothing is assigned has none.
func (v *view) target() int {
	keys := make(map[string]bool)
	for _, a := range v.roster.Assignments {
		if !closed(a.Disposition) {
			keys[v.c.keyOf(a)] = true
		}
	}
	if len(keys) > 0 {
		return len(keys)
	}
	planned := 0
	for _, p := range v.roster.Plans {
		if p.VisitsPlanned.Known() {
			planned += p.VisitsPlanned.Value
		}
	}
	if planned == 0 && v.department == "" {
		return len(v.roster.Frame)
	}
	return planned
}

// window is from when to when the campaign runs: from the first day planned or visited to the
// closing day, else the last day planned, else the end of the year.
func (v *view) window(closes string, year int) (start, end survey.Day) {
	start, end = yearDay(year, time.January, 1), yearDay(year, time.December, 31)
	var first, last survey.Day
	for _, a := range v.roster.Assignments {
		if a.Planned != "" {
			if first == "" || a.Planned < first {
				first = a.Planned
			}
			last = max(last, a.Planned)
		}
	}
	for _, day := range v.first {
		if first == "" || day < first {
			first = day
		}
	}
	if first != "" {
		start = first
	}
	if closes != "" {
		return start, survey.Day(closes)
	}
	if last != "" {
		end = last
	}
	return start, max(end, start)
}

func yearDay(year int, month time.Month, day int) survey.Day {
	return survey.Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
}

func dayTime(d survey.Day) time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

func plusDays(d survey.Day, n int) survey.Day {
	return survey.Day(dayTime(d).AddDate(0, 0, n).Format(time.DateOnly))
}

func daysBetween(from, to survey.Day) int {
	return int(dayTime(to).Sub(dayTime(from)).Hours() / 24)
}

// expected is how many enterprises should be done by a day: those planned for it or before; where
// a day was not planned, evenly over the campaign.
func (v *view) expected(p *Progress, by survey.Day) int {
	due, undated := 0, 0
	seen := make(map[string]bool)
	for _, a := range v.roster.Assignments {
		key := v.c.keyOf(a)
		if closed(a.Disposition) || seen[key] {
			continue
		}
		seen[key] = true
		switch {
		case a.Planned == "":
			undated++
		case a.Planned <= by:
			due++
		}
	}
	if len(v.roster.Assignments) == 0 {
		undated = p.Target
	}
	whole := max(1, daysBetween(p.Start, p.End))
	gone := min(max(0, daysBetween(p.Start, by)), whole)
	return due + undated*gone/whole
}

// doneBy counts the enterprises visited by a day.
func (v *view) doneBy(day survey.Day) int {
	n := 0
	for _, first := range v.first {
		if first <= day {
			n++
		}
	}
	return n
}

// curveWeeks bounds the points of the curve.
const curveWeeks = 60

// curve fills in what was expected and done, week by week.
func (v *view) curve(p *Progress) {
	p.Expected = v.expected(p, v.today)
	for end := p.Start; len(p.Weeks) < curveWeeks; end = plusDays(end, 7) {
		if end > p.End {
			end = p.End
		}
		w := Week{End: end, Done: -1, Expected: v.expected(p, end)}
		if end <= v.today || plusDays(end, -7) < v.today {
			w.Done = v.doneBy(end)
		}
		p.Weeks = append(p.Weeks, w)
		if end == p.End {
			return
		}
	}
}

// forecast says what becomes of the campaign at the pace of the last four weeks. Enterprises that
// were done before it began count for no pace.
func (v *view) forecast(p *Progress) {
	days := min(paceDays, max(1, daysBetween(p.Start, v.today)+1))
	recent := v.doneBy(v.today) - v.doneBy(plusDays(v.today, -days))
	p.Pace = 7 * float64(recent) / float64(days)
	left := p.Target - p.Done
	p.AtEnd = p.Done
	if toEnd := daysBetween(v.today, p.End); toEnd > 0 {
		p.AtEnd += int(p.Pace * float64(toEnd) / 7)
	}
	switch {
	case p.Target == 0:
	case left <= 0:
		p.Forecast = v.today
	case p.Pace > 0:
		if weeks := float64(left) / p.Pace; weeks < 520 {
			p.Forecast = plusDays(v.today, int(math.Ceil(7*weeks)))
		}
	}
}

// tally counts parts by key.
type tally map[string]*Part

func (t tally) of(key string, name codebook.Text) *Part {
	if t[key] == nil {
		t[key] = &Part{Key: key, Name: name}
	}
	return t[key]
}

// sorted lists the parts, the furthest behind first.
func (t tally) sorted() []Part {
	list := make([]Part, 0, len(t))
	for _, p := range t {
		list = append(list, *p)
	}
	slices.SortFunc(list, func(a, b Part) int {
		return cmp.Or(cmp.Compare(b.Target-b.Done, a.Target-a.Done), strings.Compare(a.Key, b.Key))
	})
	return list
}

// each calls f for every open or met assignment, once an enterprise, and says whether it is met.
func (v *view) each(f func(a *survey.Assignment, met, overdue bool)) {
	missing := v.unmet()
	for i := range v.roster.Assignments {
		a := &v.roster.Assignments[i]
		if t := missing[i]; !closed(a.Disposition) {
			f(a, t == nil, t != nil && t.Overdue)
		}
	}
}

// unmet are the tasks by the assignment they come from.
func (v *view) unmet() map[int]*Task {
	out := make(map[int]*Task, len(v.tasks))
	for i := range v.tasks {
		out[v.tasks[i].assignment] = &v.tasks[i]
	}
	return out
}

// strata counts the frame's strata: industry section × size.
func (v *view) strata() []Part {
	t := make(tally)
	v.each(func(a *survey.Assignment, met, overdue bool) {
		e := v.frame[a.Key]
		key, name := "", codebook.Text{ZH: "不在抽样框内", EN: "not in the frame"}
		if e != nil {
			key = e.Industry + "/" + e.Size
			industry, size := v.c.Codebook.Name("industry", e.Industry), v.c.Codebook.Name("enterprise_size", e.Size)
			name = codebook.Text{ZH: industry.ZH + " · " + size.ZH, EN: industry.EN + " · " + size.EN}
		}
		t.of(key, name).count(met, overdue)
	})
	return t.sorted()
}

func (p *Part) count(met, overdue bool) {
	p.Target++
	if met {
		p.Done++
	}
	if overdue {
		p.Overdue++
	}
}

// departments counts assignments by the department of whoever has them.
func (v *view) departments() []Part {
	t := make(tally)
	v.each(func(a *survey.Assignment, met, overdue bool) {
		name := cmp.Or(v.staff[strings.ToLower(a.Faculty)].Department, "—")
		t.of(name, codebook.Text{ZH: name, EN: name}).count(met, overdue)
	})
	return t.sorted()
}

// people counts by member of faculty: what each was assigned, or was to do by the roster's plan.
func (v *view) people() []Part {
	t := make(tally)
	for i, f := range v.roster.Faculty {
		p := t.of(f.ID, codebook.Text{ZH: f.Name, EN: f.Name})
		if i < len(v.roster.Plans) && v.roster.Plans[i].VisitsPlanned.Known() {
			p.Target = v.roster.Plans[i].VisitsPlanned.Value
		}
	}
	assigned := make(tally)
	v.each(func(a *survey.Assignment, met, overdue bool) {
		assigned.of(v.id(a.Faculty), codebook.Text{}).count(met, overdue)
	})
	visits := make(map[string]int)
	for _, h := range v.heads {
		visits[v.id(h.Faculty.ID)]++
	}
	for id, n := range visits {
		t.of(id, codebook.Text{ZH: v.staff[strings.ToLower(id)].Name, EN: v.staff[strings.ToLower(id)].Name}).Done = n
	}
	for id, a := range assigned {
		p := t.of(id, codebook.Text{ZH: cmp.Or(v.staff[strings.ToLower(id)].Name, id), EN: cmp.Or(v.staff[strings.ToLower(id)].Name, id)})
		p.Target, p.Overdue = max(p.Target, a.Target), a.Overdue
	}
	return t.sorted()
}

// id is a staff number as the roster writes it.
func (v *view) id(staff string) string {
	return cmp.Or(v.staff[strings.ToLower(staff)].ID, staff)
}

// dispositions counts how assignments ended; those that a visit met count as complete.
func (v *view) dispositions() []Count {
	n := make(map[string]int)
	missing := v.unmet()
	for i, a := range v.roster.Assignments {
		code := a.Disposition
		switch {
		case missing[i] == nil:
			code = cmp.Or(code, "complete")
		case code == "":
			code = "pending"
		}
		n[code]++
	}
	var list []Count
	for _, item := range v.c.Codebook.Items("disposition") {
		if n[item.Code] > 0 {
			list = append(list, Count{item.Name, n[item.Code]})
		}
	}
	return list
}

// toReview counts the submissions that whoever asks can judge and nobody has.
func (c *Campaign) toReview(ctx context.Context, v *view) (int, error) {
	marks, err := c.marks(ctx)
	seen := make(map[store.SubmissionID]bool)
	n := 0
	for _, h := range v.heads {
		if m := marks[h.Submission]; !seen[h.Submission] && !v.mixed[h.Submission] && !m.sent && !m.approved {
			n++
		}
		seen[h.Submission] = true
	}
	return n, err
}

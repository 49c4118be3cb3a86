package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// LoadSample reads the visits of a year that count, as columns in memory. The columns are the
// given competencies; with none given, all that were asked, in the order in which the forms ask
// them. Enterprises come in the order of their keys, visits in the order of enterprise, day and what they
// say, jobs in the order of visit and row: what was handed in first does not show.
func (r *Reader) LoadSample(ctx context.Context, year int, competencies ...codebook.CompetencyID) (*demand.Sample, error) {
	var out *demand.Sample
	err := r.snapshot(ctx, func(q querier) error {
		l := sampler{q: q, sample: &demand.Sample{Year: year, Competencies: competencies}, words: make(map[string]string), lists: make(map[string][]string)}
		out = l.sample
		return l.load(ctx, r, year)
	})
	return out, err
}

// sampler fills one sample from one state of the database.
type sampler struct {
	q      querier
	sample *demand.Sample
	visits []*sampled
	first  VisitID // ids below have no place
	place  []int32 // visit id - first → index into sample.Visits, -1 for none
	words  map[string]string
	lists  map[string][]string
}

// sampled is a visit with what its enterprise was said to be.
type sampled struct {
	demand.Visit
	visit      VisitID
	enterprise EnterpriseID
	key        string // of the enterprise it counts for
	hash       string
	seen       demand.Enterprise
}

func (l *sampler) load(ctx context.Context, r *Reader, year int) error {
	if err := l.readVisits(ctx, r, year); err != nil {
		return err
	}
	l.placeVisits()
	if err := l.readJobs(ctx); err != nil {
		return err
	}
	if err := l.readTrends(ctx); err != nil {
		return err
	}
	return l.readSuggestions(ctx)
}

// readVisits reads the visits of the year and puts them in order.
func (l *sampler) readVisits(ctx context.Context, r *Reader, year int) error {
	psu, err := r.psus(ctx, l.q)
	if err != nil {
		return err
	}
	keys, err := enterpriseKeys(ctx, l.q)
	if err != nil {
		return err
	}
	if err := l.scanVisits(ctx, r, year); err != nil {
		return err
	}
	for _, v := range l.visits {
		v.key = keys[psu.of(v.visit, v.enterprise)]
	}
	slices.SortFunc(l.visits, func(a, b *sampled) int {
		if order := cmp.Or(strings.Compare(a.key, b.key), strings.Compare(string(a.Day), string(b.Day))); order != 0 {
			return order // mostly
		}
		return cmp.Or(a.compare(b), strings.Compare(a.Faculty, b.Faculty), strings.Compare(a.hash, b.hash), cmp.Compare(a.visit, b.visit))
	})
	return nil
}

// compare orders two visits by what they say. It comes before who made them, which an erasure changes: of
// two that describe their enterprise differently the later counts.
func (v *sampled) compare(o *sampled) int {
	a, b := &v.seen, &o.seen
	return cmp.Or(strings.Compare(a.Industry, b.Industry), strings.Compare(a.Division, b.Division), strings.Compare(a.Size, b.Size),
		strings.Compare(a.Region, b.Region), strings.Compare(a.Ownership, b.Ownership), slices.Compare(a.Ecosystems, b.Ecosystems),
		slices.Compare(v.Programmes, o.Programmes), cmp.Compare(v.GraduatesHired, o.GraduatesHired), cmp.Compare(v.Satisfaction, o.Satisfaction))
}

var sampleVisitQuery = packed("visit", []string{"id", "enterprise_id", "content_sha256", "day", "programmes", "coalesce(graduates_hired, '')",
	"coalesce(satisfaction, 0)", "industry", "division", "size", "region", "ownership", "ecosystems"}, "faculty_id") +
	" WHERE " + counts + " AND year = ? AND id >= ? AND id < ?"

func (l *sampler) scanVisits(ctx context.Context, r *Reader, year int) error {
	var n int
	var first, last VisitID
	q := "SELECT count(*), coalesce(min(id), 0), coalesce(max(id), 0) FROM visit WHERE " + counts + " AND year = ?"
	if err := l.q.QueryRowContext(ctx, q, append(r.scope(), year)...).Scan(&n, &first, &last); err != nil {
		return err
	}
	l.visits = make([]*sampled, 0, n)
	return chunks(ctx, l.q, first, last+1, func(from, to VisitID) (string, []any) {
		return sampleVisitQuery, append(r.scope(), year, int64(from), int64(to))
	}, l.addVisit)
}

func (l *sampler) addVisit(r *record) {
	v := &sampled{visit: VisitID(r.id()), enterprise: EnterpriseID(r.id()), hash: r.code()}
	v.Day, v.Programmes = survey.Day(l.word(r.code())), programmesOf(l.list(r.code()))
	v.GraduatesHired, v.Satisfaction = r.number(), uint8(r.number())
	e := &v.seen
	e.Industry, e.Division, e.Size = l.word(r.code()), l.word(r.code()), l.word(r.code())
	e.Region, e.Ownership, e.Ecosystems = l.word(province(r.code())), l.word(r.code()), l.list(r.code())
	v.ID, v.Faculty = int64(v.visit), l.word(r.texts(1)[0])
	l.visits = append(l.visits, v)
}

// list reads a JSON list; the visits that name the same codes share one.
func (l *sampler) list(text string) []string {
	if list, ok := l.lists[text]; ok {
		return list
	}
	var list []string
	_ = listOf(&list).Scan(text)
	l.lists[strings.Clone(text)] = list
	return list
}

func programmesOf(list []string) []codebook.ProgrammeID {
	out := make([]codebook.ProgrammeID, len(list))
	for i, p := range list {
		out[i] = codebook.ProgrammeID(p)
	}
	return out
}

func enterpriseKeys(ctx context.Context, q querier) (map[EnterpriseID]string, error) {
	type row struct {
		id  EnterpriseID
		key string
	}
	out := make(map[EnterpriseID]string)
	err := eachOn(ctx, q, func(e *row) []any { return []any{&e.id, &e.key} }, func(e row) error {
		out[e.id] = e.key
		return nil
	}, "SELECT id, key FROM enterprise")
	return out, err
}

// placeVisits fills enterprises and visits.
func (l *sampler) placeVisits() {
	s := l.sample
	if len(l.visits) == 0 {
		return
	}
	byID := func(a, b *sampled) int { return cmp.Compare(a.visit, b.visit) }
	l.first = slices.MinFunc(l.visits, byID).visit
	l.place = slices.Repeat([]int32{-1}, int(slices.MaxFunc(l.visits, byID).visit-l.first)+1)
	s.Visits = make([]demand.Visit, len(l.visits))
	s.Enterprises = make([]demand.Enterprise, 0, len(l.visits))
	for i, v := range l.visits {
		if i == 0 || v.key != l.visits[i-1].key {
			s.Enterprises = append(s.Enterprises, demand.Enterprise{Key: v.key, Display: fmt.Sprintf("E%04d", len(s.Enterprises)+1), Stratum: -1})
		}
		mergeSeen(&s.Enterprises[len(s.Enterprises)-1], &v.seen)
		l.place[v.visit-l.first] = int32(i)
		s.Visits[i] = v.Visit
		s.Visits[i].Enterprise = int32(len(s.Enterprises) - 1)
	}
}

// mergeSeen takes what a later visit said of an enterprise; ecosystems add up.
func mergeSeen(e, seen *demand.Enterprise) {
	if seen.Industry != "" { // the division belongs to it
		e.Industry, e.Division = seen.Industry, seen.Division
	}
	e.Size = cmp.Or(seen.Size, e.Size)
	e.Ownership = cmp.Or(seen.Ownership, e.Ownership)
	e.Region = cmp.Or(seen.Region, e.Region)
	for _, x := range seen.Ecosystems {
		if at, found := slices.BinarySearch(e.Ecosystems, x); !found {
			e.Ecosystems = slices.Insert(e.Ecosystems, at, x)
		}
	}
}

// province is the province of a GB/T 2260 code.
func province(region string) string {
	if len(region) != 6 {
		return region
	}
	return region[:2] + "0000"
}

// placeOf is the index of a visit in the sample, -1 where it does not count.
func (l *sampler) placeOf(v VisitID) int32 {
	if i := v - l.first; i >= 0 && int(i) < len(l.place) {
		return l.place[i]
	}
	return -1
}

// span is the range of ids that the parts of the sample's visits lie in.
func (l *sampler) span() (from, to int64) {
	return partID(l.first, 0), partID(l.first+VisitID(len(l.place)), 0)
}

// word keeps one copy of a text that occurs often.
func (l *sampler) word(s string) string {
	if w, ok := l.words[s]; ok {
		return w
	}
	s = strings.Clone(s) // not the row it was cut from
	l.words[s] = s
	return s
}

func (l *sampler) readTrends(ctx context.Context) error {
	from, to := l.span()
	s := l.sample
	err := eachOn(ctx, l.q, func(p *part[survey.Trend]) []any { return trendFields(&p.id, &p.college, &p.visit, &p.value) },
		func(p part[survey.Trend]) error {
			if at := l.placeOf(p.visit); at >= 0 {
				t := &p.value
				s.Trends = append(s.Trends, demand.Trend{Enterprise: s.Visits[at].Enterprise, Visit: at, Technology: t.Technology, Direction: t.Direction, Horizon: t.Horizon})
			}
			return nil
		}, "SELECT "+trendColumns+" FROM trend WHERE id >= ? AND id < ? ORDER BY id", from, to)
	slices.SortStableFunc(s.Trends, func(a, b demand.Trend) int { return cmp.Compare(a.Visit, b.Visit) })
	return err
}

func (l *sampler) readSuggestions(ctx context.Context) error {
	from, to := l.span()
	s := l.sample
	err := eachOn(ctx, l.q, func(p *part[survey.Suggestion]) []any { return suggestionFields(&p.id, &p.college, &p.visit, &p.value) },
		func(p part[survey.Suggestion]) error {
			if at := l.placeOf(p.visit); at >= 0 {
				x := &p.value
				s.Suggestions = append(s.Suggestions, demand.Suggestion{ID: p.id, Enterprise: s.Visits[at].Enterprise, Visit: at,
					Programmes: s.Visits[at].Programmes, Module: x.Module, Kind: x.Kind, Text: x.Text})
			}
			return nil
		}, "SELECT "+suggestionColumns+" FROM suggestion WHERE id >= ? AND id < ? ORDER BY id", from, to)
	slices.SortStableFunc(s.Suggestions, func(a, b demand.Suggestion) int { return cmp.Compare(a.Visit, b.Visit) })
	return err
}

// competenciesAsked lists what the layouts ask, in the order of the one that asks most; what
// only others ask follows.
func competenciesAsked(layouts map[int64][]slot) []codebook.CompetencyID {
	ids := slices.SortedFunc(maps.Keys(layouts), func(a, b int64) int {
		return cmp.Or(cmp.Compare(len(layouts[b]), len(layouts[a])), strings.Compare(layoutText(layouts[a]), layoutText(layouts[b])))
	})
	var out []codebook.CompetencyID
	for _, id := range ids {
		for _, s := range layouts[id] {
			if !slices.Contains(out, s.competency) {
				out = append(out, s.competency)
			}
		}
	}
	return out
}

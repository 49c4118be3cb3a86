package gap

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// technologies counts who sees which technology rise or fall. Spellings that the codebook
// knows to mean the same are one technology.
func (r *run) technologies() Technologies {
	now := r.mentions(r.sample)
	var before map[string]*mentioned
	if r.before != 0 {
		before = r.mentions(r.in.Samples[r.before])
	}
	var out Technologies
	for _, key := range sortedKeys(now) {
		t := now[key]
		if len(t.directions) < r.in.K {
			out.Others++
			continue
		}
		row := Technology{
			Name: t.name, Named: len(t.directions),
			Rising:  r.view.MeanOfEnterprises(demand.Share, t.share("rising")).Figure(r.in.K),
			Falling: r.view.MeanOfEnterprises(demand.Share, t.share("falling")).Figure(r.in.K),
			Net:     r.view.MeanOfEnterprises(demand.Unscaled, t.net).Figure(r.in.K),
			Before:  demand.Figure{Flag: demand.NoData},
		}
		if b := before[key]; b != nil {
			row.Before = r.views[r.before].MeanOfEnterprises(demand.Unscaled, b.net).Figure(r.in.K)
		}
		out.Rows = append(out.Rows, row)
	}
	slices.SortStableFunc(out.Rows, func(a, b Technology) int { return cmp.Compare(b.Named, a.Named) })
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// mentioned is one technology with what each enterprise said of it.
type mentioned struct {
	name       string
	directions map[int32][]string
}

func (r *run) mentions(s *demand.Sample) map[string]*mentioned {
	out := make(map[string]*mentioned)
	for _, t := range s.Trends {
		key, name := codebook.Fold(t.Technology), t.Technology
		if item, ok := r.cb.Find("technology", t.Technology); ok {
			key, name = item.Code, item.Name.Both()
		}
		if out[key] == nil {
			out[key] = &mentioned{name: name, directions: make(map[int32][]string)}
		}
		out[key].directions[t.Enterprise] = append(out[key].directions[t.Enterprise], t.Direction)
	}
	return out
}

// share is the part of an enterprise's own answers that names a direction.
func (t *mentioned) share(direction string) func(int) (float64, bool) {
	return func(e int) (float64, bool) {
		said := t.directions[int32(e)]
		n := 0
		for _, d := range said {
			if d == direction {
				n++
			}
		}
		return float64(n) / float64(max(1, len(said))), len(said) > 0
	}
}

func (t *mentioned) net(e int) (float64, bool) {
	up, ok := t.share("rising")(e)
	down, _ := t.share("falling")(e)
	return up - down, ok
}

// newTitles lists the job titles of this year that no earlier year had.
func (r *run) newTitles() NewTitles {
	var out NewTitles
	if r.before == 0 {
		return out
	}
	out.Known = true
	old := make(map[string]bool)
	for _, y := range r.years[:len(r.years)-1] {
		for _, title := range r.in.Samples[y].Jobs.Title {
			old[codebook.Fold(title)] = true
		}
	}
	jobs := &r.sample.Jobs
	fresh := make(map[string]*Title)
	users := make(map[string]map[int32]bool)
	for j, title := range jobs.Title {
		key := codebook.Fold(title)
		if old[key] || key == "" {
			continue
		}
		if fresh[key] == nil {
			fresh[key], users[key] = &Title{Title: title, Family: jobs.Family[j]}, make(map[int32]bool)
		}
		fresh[key].Jobs++
		users[key][jobs.Enterprise[j]] = true
	}
	for _, key := range sortedKeys(fresh) {
		t := fresh[key]
		if t.Enterprises = len(users[key]); t.Enterprises < r.in.K {
			out.Others++
			continue
		}
		out.Rows = append(out.Rows, *t)
	}
	slices.SortStableFunc(out.Rows, func(a, b Title) int { return cmp.Compare(b.Enterprises, a.Enterprises) })
	return out
}

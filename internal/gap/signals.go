package gap

import (
	"cmp"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// technologies counts who sees which technology rise or fall. Spellings that the codebook
// knows to mean the same are one technology.
func (r *run) technologies() Technologies {
	now := eachState(r.states(r.in.Year), r.mentions)
	var before []map[string]*mentioned
	if r.before != 0 {
		before = eachState(r.states(r.before), r.mentions)
	}
	var out Technologies
	last := now[len(now)-1]
	for _, key := range sortedKeys(last) {
		switch t := last[key]; {
		case len(t.directions) < r.in.K:
			out.Others++
		case !r.open(saidOf(now, key)):
			out.Held++
		default:
			row := r.technology(t)
			if r.before != 0 {
				row.Before = r.netBefore(before, key)
			}
			out.Rows = append(out.Rows, row)
		}
	}
	slices.SortStableFunc(out.Rows, func(a, b Technology) int { return cmp.Compare(b.Named, a.Named) })
	return out
}

func (r *run) technology(t *mentioned) Technology {
	return Technology{
		Name: t.name, Named: len(t.directions),
		Rising:  r.view.MeanOfEnterprises(demand.Share, t.share("rising")).Figure(r.in.K),
		Falling: r.view.MeanOfEnterprises(demand.Share, t.share("falling")).Figure(r.in.K),
		Net:     r.view.MeanOfEnterprises(demand.Unscaled, t.net).Figure(r.in.K),
		Before:  demand.Figure{Flag: demand.NoData},
	}
}

// netBefore is the net share of the year before, of which reports were published too.
func (r *run) netBefore(states []map[string]*mentioned, key string) demand.Figure {
	t := states[len(states)-1][key]
	if t == nil {
		return demand.Figure{Flag: demand.NoData}
	}
	net := r.views[r.before].MeanOfEnterprises(demand.Unscaled, t.net).Figure(r.in.K)
	if !r.open(saidOf(states, key)) {
		return beside(net)
	}
	return net
}

func saidOf(states []map[string]*mentioned, key string) []said {
	return eachState(states, func(m map[string]*mentioned) said { return m[key].said() })
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
	sample     *demand.Sample
	directions map[int32][]string
}

// said is what each enterprise says of the technology; a nil one is named by nobody.
func (t *mentioned) said() said {
	if t == nil {
		return nil
	}
	out := make(said, len(t.directions))
	for e, directions := range t.directions {
		ent := &t.sample.Enterprises[e]
		out[ent.Key] = saying{strings.Join(slices.Sorted(slices.Values(directions)), " "), cmp.Or(ent.Weight, 1)}
	}
	return out
}

func (r *run) mentions(s *demand.Sample) map[string]*mentioned {
	out := make(map[string]*mentioned)
	for _, t := range s.Trends {
		key, name := codebook.Fold(t.Technology), t.Technology
		if item, ok := r.cb.Find("technology", t.Technology); ok {
			key, name = item.Code, item.Name.Both()
		}
		if out[key] == nil {
			out[key] = &mentioned{name: name, sample: s, directions: make(map[int32][]string)}
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
	states := eachState(r.states(r.in.Year), titlesOf)
	fresh := states[len(states)-1]
	for _, key := range sortedKeys(fresh) {
		t := fresh[key]
		switch {
		case old[key] || key == "":
		case len(t.users) < r.in.K:
			out.Others++
		case !r.open(eachState(states, func(m map[string]*titled) said { return m[key].said() })):
			out.Held++
		default:
			t.Enterprises = len(t.users)
			out.Rows = append(out.Rows, t.Title)
		}
	}
	slices.SortStableFunc(out.Rows, func(a, b Title) int { return cmp.Compare(b.Enterprises, a.Enterprises) })
	return out
}

// titled is one job title with how many jobs of each enterprise go by it.
type titled struct {
	Title
	sample *demand.Sample
	users  map[int32]float64
}

func titlesOf(s *demand.Sample) map[string]*titled {
	out := make(map[string]*titled)
	for j, title := range s.Jobs.Title {
		key := codebook.Fold(title)
		if out[key] == nil {
			out[key] = &titled{Title{Title: title, Family: s.Jobs.Family[j]}, s, make(map[int32]float64)}
		}
		out[key].Jobs++
		out[key].users[s.Jobs.Enterprise[j]]++
	}
	return out
}

// said is how many such jobs each enterprise has; of a nil one nobody has any.
func (t *titled) said() said {
	if t == nil {
		return nil
	}
	return amounts(t.sample, t.users)
}

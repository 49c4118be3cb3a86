package demand

// The bases of the openings tally: planned hires, and every job once.
const (
	onHires = onImportance
	onJobs  = onRequired
)

// tabulateOpenings fills in the total of planned hires of every domain, w_e·hires, with the
// enterprises and jobs there are, whatever the base of the other figures.
func (v *View) tabulateOpenings(w *worker, t *Table) {
	v.fillOpenings(w.tally)
	v.summarise(w)
	v.scatterHires(w)
	for n := range v.domains {
		t.openings[n] = v.judgeTotal(&w.sum[n], w.strata(v, n))
	}
	if t.K < 0 {
		return
	}
	w.guard.note(w.sum)
	for i, p := range v.earlier {
		p.view.fillOpenings(w.beside[i].tally)
		p.view.summarise(w.beside[i])
		w.beside[i].guard.note(w.beside[i].sum)
	}
	bases, earlier := []int{onHires, onJobs}, make([]Flag, len(v.lists))
	for i, p := range v.earlier {
		hid, _ := p.verdict(w.beside[i], v.domains, p.hid(0, Openings), nil, bases)
		earlier = either(earlier, hid)
	}
	for n, why := range w.guard.protectBeyond(earlier, w.tally, t.K, bases...)[:len(v.domains)] {
		if why.Suppressed() {
			t.openings[n].hide(why)
		}
	}
}

func (v *View) fillOpenings(t *tally) {
	hires := v.Sample.amounts(BaseHires)
	t.gather(&v.cells, func(s *sums, _ int32, jobs []int32) {
		for _, j := range jobs {
			if v.opt.Skip != nil && v.opt.Skip(int(j)) {
				continue
			}
			s.count(onJobs, 1)
			if h := hires[j]; h > 0 {
				s.count(onHires, h)
			}
		}
	})
}

// scatterHires gathers the scores of a total: the weighted hires themselves.
func (v *View) scatterHires(w *worker) {
	clear(w.spread)
	for l := range levels {
		in := v.cells.in[l]
		for i := range w.tally[l] {
			c, e := &w.tally[l][i], v.cells.owner[l][i]
			z := [quantities]float64{v.weight[e] * float64(c.a[onHires])}
			for _, n := range in.of(i) {
				if int(n) < len(v.domains) {
					w.strata(v, int(n))[v.design.home[e]].take(c, &z)
				}
			}
		}
	}
}

func (v *View) judgeTotal(m *summary, strata []spread) Figure {
	if m.ent[onJobs] == 0 {
		return Figure{Flag: NoData}
	}
	f := Figure{Estimate: m.a[onHires], Enterprises: int(m.ent[onJobs]), Jobs: int(m.jobs[onJobs]), DF: v.freedom(strata, onJobs)}
	f = judged(Openings, f, v.design.variance(strata, 0), 0)
	if f.Flag == WithheldPrecision {
		f.Flag = Caution // a count of what was planned is a fact; only its extrapolation is imprecise
	}
	return f
}

package demand

// The bases of the openings tally: planned hires, every job that says how many it plans (none is an
// answer), and every job once.
const (
	onHires = onImportance
	onGiven = onRequired
	onJobs  = onReference
)

// tabulateOpenings fills in the size of every domain and its total of planned hires, w_e·hires, over
// the jobs that say how many, whatever the base of the other figures. Both are withheld together.
func (v *View) tabulateOpenings(w *worker, t *Table) {
	v.fillOpenings(w.tally)
	v.summarise(w)
	v.scatterHires(w)
	for n := range v.domains {
		t.openings[n], t.sizes[n] = v.judgeTotal(&w.sum[n], w.strata(v, n)), sizeOf(&w.sum[n])
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
	bases, earlier := []int{onHires, onGiven, onJobs}, make([]Flag, len(v.lists))
	for i, p := range v.earlier {
		hid, _ := p.verdict(w.beside[i], v.domains, p.hid(0, Openings), nil, bases)
		earlier = either(earlier, hid)
	}
	for n, why := range w.guard.protectBeyond(earlier, w.tally, t.K, bases...)[:len(v.domains)] {
		if why.Suppressed() {
			t.openings[n].hide(why)
			t.sizes[n].hide(why)
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
			switch h := hires[j]; {
			case h > 0:
				s.count(onHires, h)
				s.count(onGiven, 1)
			case v.Sample.Jobs.Hires[j] == 0:
				s.count(onGiven, 1)
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

// judgeTotal is the total of a domain: no data where nobody says how many, which is not none.
func (v *View) judgeTotal(m *summary, strata []spread) Figure {
	if m.ent[onGiven] == 0 {
		return Figure{Flag: NoData}
	}
	f := Figure{Estimate: m.a[onHires], Enterprises: int(m.ent[onGiven]), Jobs: int(m.jobs[onGiven]), DF: v.freedom(strata, onGiven)}
	f = judged(Openings, f, v.design.variance(strata, 0), 0)
	f.Lo = max(0, f.Lo) // nobody plans fewer than no hires
	if f.Flag == WithheldPrecision {
		f.Flag = Caution // a count of what was planned is a fact; only its extrapolation is imprecise
	}
	return f
}

func sizeOf(m *summary) Figure {
	n := int(m.ent[onJobs])
	if n == 0 {
		return Figure{Flag: NoData}
	}
	return Figure{Estimate: float64(n), Enterprises: n, Jobs: int(m.jobs[onJobs]), Flag: Good}
}

// Size is how many enterprises have a job in a domain, and how many jobs, whatever they answered; a
// count without error. It is withheld with the openings.
func (t *Table) Size(d Domain) Figure {
	n, ok := t.place[d]
	if !ok {
		return Figure{Flag: NoData}
	}
	return t.sizes[n]
}

// HiresEach is the planned hires in a domain per enterprise, so that years with more and fewer visits
// compare: hires per job that says how many, times jobs per enterprise. So a job that does not say
// counts neither as none nor for an enterprise of its own. There is none where no job of the domain says.
func (v *View) HiresEach(d Domain) Linear {
	n := len(v.weight)
	hires, given, jobs := make([]float64, n), make([]float64, n), make([]float64, n)
	out := Linear{v: v, m: Amount}
	amounts := v.Sample.amounts(BaseHires)
	for j, e := range v.Sample.Jobs.Enterprise {
		if !d.Holds(v.Sample, j) {
			continue
		}
		jobs[e]++
		if amounts[j] > 0 || v.Sample.Jobs.Hires[j] == 0 {
			given[e]++
			hires[e] += float64(amounts[j])
			out.Jobs++
		}
	}
	allHires, allGiven, allJobs, largest := v.weighted(hires), v.weighted(given), v.weighted(jobs), 0.0
	for e, w := range v.weight {
		out.Weight += w
		largest = max(largest, w)
		if jobs[e] == 0 || given[e] > 0 {
			out.Enterprises++
		}
	}
	if out.Weight == 0 || allJobs > 0 && allGiven == 0 {
		return Linear{v: v, m: Amount}
	}
	out.OK, out.Largest = true, largest/out.Weight
	each := 0.0 // jobs per enterprise for every job that says
	if allJobs > 0 {
		each = allJobs / allGiven / out.Weight
	}
	out.Value = allHires * each
	for e, w := range v.weight {
		z := hires[e]*each - out.Value/out.Weight
		if jobs[e] > 0 {
			z += out.Value * (jobs[e]/allJobs - given[e]/allGiven)
		}
		out.z = append(out.z, score{int32(e), w * z, jobs[e] == 0 || given[e] > 0})
	}
	return out
}

// weighted is Σ w·x over enterprises.
func (v *View) weighted(x []float64) (sum float64) {
	for e, w := range v.weight {
		sum += w * x[e]
	}
	return sum
}

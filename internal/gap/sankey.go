package gap

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Where the loop of a programme breaks, and where families are merged.
const (
	otherFamilies = "family:_others"
	notTaught     = "module:_none"
	notCertified  = "certification:_none"
)

// sankey draws the loop of a programme as a flow of planned hires. The hires of a job are
// divided among the competencies in proportion to the levels it requires, from a competency to
// the modules by the hours they give it, from a module evenly to the certificates it prepares
// for. What so few enterprises asked for that it may not be shown is not drawn alone: see loop.
func (r *run) sankey(d demand.Domain) Sankey {
	out := Sankey{Unit: say("加权计划招聘人数", "weighted planned hires")}
	if !r.table.Figure(d, "", demand.Openings).Shown() {
		return out
	}
	f := newFlows(r, &out)
	f.families(r.newLoop(d))
	if m := r.curriculum(); m != nil {
		f.modules(m, d.Programme)
	}
	f.write()
	return out
}

// flows gathers the widths before they are written in order.
type flows struct {
	r      *run
	out    *Sankey
	nodes  map[string]bool
	values map[[2]string]float64
	order  [][2]string
}

func newFlows(r *run, out *Sankey) *flows {
	return &flows{r: r, out: out, nodes: make(map[string]bool), values: make(map[[2]string]float64)}
}

func (f *flows) node(id string, column int, name codebook.Text, broken bool) {
	if !f.nodes[id] {
		f.nodes[id] = true
		f.out.Nodes = append(f.out.Nodes, Node{ID: id, Column: column, Name: name, Broken: broken})
	}
}

func (f *flows) add(from, to string, value float64) {
	if value <= 0 {
		return
	}
	key := [2]string{from, to}
	if _, seen := f.values[key]; !seen {
		f.order = append(f.order, key)
	}
	f.values[key] += value
}

// into sums what flows into a node.
func (f *flows) into(id string) float64 {
	var sum float64
	for _, key := range f.order {
		if key[1] == id {
			sum += f.values[key]
		}
	}
	return sum
}

func (f *flows) write() {
	broken := map[string]bool{notTaught: true, notCertified: true}
	for _, key := range f.order {
		f.out.Links = append(f.out.Links, Flow{From: key[0], To: key[1], Value: f.values[key], Broken: broken[key[1]]})
	}
}

// families draws the first column: hires by family, divided among the competencies.
func (f *flows) families(l *loop) {
	for _, row := range l.rows {
		f.row("family:"+string(row[0]), f.r.familyName(row[0]), l.flow(row))
	}
	f.row(otherFamilies, say("其他岗位类别", "Other families"), l.flow(l.other))
	f.out.Merged = l.merged
	for c, id := range f.r.sample.Competencies {
		if l.drawn[c] {
			f.node("competency:"+string(id), 1, f.r.name(id), false)
		} else {
			f.out.LeftOut = append(f.out.LeftOut, id)
		}
	}
}

func (f *flows) row(id string, name codebook.Text, widths []float64) {
	for c, competency := range f.r.sample.Competencies {
		if widths[c] > 0 {
			f.node(id, 0, name, false)
			f.add(id, "competency:"+string(competency), widths[c])
		}
	}
}

// modules draws the second half: what is taught and certified of the demand.
func (f *flows) modules(m *curriculum.Map, p codebook.ProgrammeID) {
	list := m.Of(p)
	for _, c := range f.r.sample.Competencies {
		f.teach("competency:"+string(c), c, list)
	}
	for _, mod := range list {
		f.certify("module:"+string(mod.Code), mod)
	}
	if width := f.into(notTaught); width > 0 {
		f.node(notCertified, 3, say("没有认证", "Not certified"), true)
		f.add(notTaught, notCertified, width)
	}
}

// teach divides a competency among the modules that teach it.
func (f *flows) teach(id string, c codebook.CompetencyID, list []*curriculum.Module) {
	width := f.into(id)
	if width == 0 {
		return
	}
	parts := make(map[curriculum.ModuleCode]float64)
	var sum float64
	for _, mod := range list {
		for _, t := range mod.Teaches {
			if t.Competency == c {
				part := float64(t.Level)
				if t.Hours.Known() && t.Hours.Value > 0 {
					part = t.Hours.Value
				}
				parts[mod.Code] += part
				sum += part
			}
		}
	}
	if sum == 0 {
		f.node(notTaught, 2, say("没有模块讲授", "Not taught"), true)
		f.add(id, notTaught, width)
		return
	}
	for _, mod := range list {
		if parts[mod.Code] > 0 {
			f.node("module:"+string(mod.Code), 2, mod.Name, false)
			f.add(id, "module:"+string(mod.Code), width*parts[mod.Code]/sum)
		}
	}
}

// certify divides a module evenly among the certificates it prepares for.
func (f *flows) certify(id string, mod *curriculum.Module) {
	width := f.into(id)
	if width == 0 {
		return
	}
	certs := certificatesOf(mod)
	if len(certs) == 0 {
		f.node(notCertified, 3, say("没有认证", "Not certified"), true)
		f.add(id, notCertified, width)
		return
	}
	for _, cert := range certs {
		f.node("certification:"+cert.key(), 3, f.r.certificateName(cert), false)
		f.add(id, "certification:"+cert.key(), width/float64(len(certs)))
	}
}

// certificate is a rung on a track.
type certificate struct {
	track codebook.TrackID
	level codebook.LadderID
}

func (c certificate) key() string { return string(c.track) + "/" + string(c.level) }

// certificatesOf lists the certificates a module prepares for, each once.
func certificatesOf(m *curriculum.Module) []certificate {
	var out []certificate
	seen := make(map[certificate]bool)
	for _, c := range m.Certifies {
		cert := certificate{c.Track, c.Level}
		if !seen[cert] {
			seen[cert] = true
			out = append(out, cert)
		}
	}
	return out
}

func (r *run) certificateName(c certificate) codebook.Text {
	track := r.cb.Name("tracks", string(c.track))
	return say(track.ZH+" "+string(c.level), track.EN+" "+string(c.level))
}

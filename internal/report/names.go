package report

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// names turns the codes of an analysis into what people read. A code that the codebook or the
// curriculum does not know names itself, so that old data still shows something.
type names struct {
	cb   *codebook.Codebook
	plan *curriculum.Map // nil where no curriculum was handed in
}

func (n names) competency(id codebook.CompetencyID) Text {
	if c, ok := n.cb.Competency(id); ok {
		return shown(c.Name)
	}
	return same(plain(string(id), 40))
}

// rule is the title of a rule.
func (n names) rule(id codebook.RuleID) Text {
	if r, ok := n.cb.Rule(id); ok {
		return shown(r.Title)
	}
	return same(plain(string(id), 24))
}

// short is the name of a competency on a chart.
func (n names) short(id codebook.CompetencyID) Text {
	if c, ok := n.cb.Competency(id); ok && c.Short.ZH != "" {
		return shown(c.Short)
	}
	return n.competency(id)
}

func (n names) programme(id codebook.ProgrammeID) Text {
	if p, ok := n.cb.Programme(id); ok {
		return shown(p.Name)
	}
	return same(plain(string(id), 40))
}

func (n names) programmeShort(id codebook.ProgrammeID) Text {
	if p, ok := n.cb.Programme(id); ok && p.Short.ZH != "" {
		return shown(p.Short)
	}
	return n.programme(id)
}

func (n names) family(id codebook.FamilyID) Text { return n.coded("job_family", string(id)) }
func (n names) track(id codebook.TrackID) Text   { return n.coded("tracks", string(id)) }

// certificate names a rung on a track, e.g. 数据通信 HCIP.
func (n names) certificate(track codebook.TrackID, level codebook.LadderID) Text {
	t := n.track(track)
	if level == "" {
		return t
	}
	l := n.coded("ladder", string(level))
	return say(t.ZH+" "+l.ZH, t.EN+" "+l.EN)
}

func (n names) coded(vocabulary, code string) Text { return shown(n.cb.Name(vocabulary, code)) }

func (n names) module(code curriculum.ModuleCode) Text {
	if n.plan != nil {
		if m, ok := n.plan.Module(code); ok && m.Name.ZH+m.Name.EN != "" {
			return shown(m.Name)
		}
	}
	return same(plain(string(code), 40))
}

func (n names) modules(codes []curriculum.ModuleCode) []Text {
	out := make([]Text, len(codes))
	for i, c := range codes {
		out[i] = n.module(c)
	}
	return out
}

// domain names a subgroup by its parts; the whole sample is 全部.
func (n names) domain(d demand.Domain) Text {
	var parts []Text
	if d.Programme != "" {
		parts = append(parts, n.programmeShort(d.Programme))
	}
	if t, ok := n.subgroup(d); ok {
		parts = append(parts, t)
	}
	switch len(parts) {
	case 0:
		return say("全部", "all")
	case 1:
		return parts[0]
	}
	return say(parts[0].ZH+" · "+parts[1].ZH, parts[0].EN+" · "+parts[1].EN)
}

// dimension is a way to cut the sample.
type dimension struct {
	key  string
	name Text
	code func(demand.Domain) string
}

// dimensions lists the cuts in the order they are offered.
var dimensions = []dimension{
	{"family", say("岗位族", "job family"), func(d demand.Domain) string { return string(d.Family) }},
	{"industry", say("行业", "industry"), func(d demand.Domain) string { return d.Industry }},
	{"size", say("企业规模", "enterprise size"), func(d demand.Domain) string { return d.Size }},
	{"region", say("地区", "region"), func(d demand.Domain) string { return d.Region }},
}

var vocabularyOf = map[string]string{"family": "job_family", "industry": "industry", "size": "enterprise_size", "region": "region"}

// subgroup names what a domain is beside its programme; ok is false where it is nothing more.
func (n names) subgroup(d demand.Domain) (t Text, ok bool) {
	for _, dim := range dimensions {
		if code := dim.code(d); code != "" {
			return n.coded(vocabularyOf[dim.key], code), true
		}
	}
	return Text{}, false
}

// shown makes a name of the codebook or a workbook fit for a page, in both languages.
func shown(t Text) Text { return fitted(t, 80, 120) }

// shownLong is shown for sentences.
func shownLong(t Text) Text { return fitted(t, 400, 600) }

// fitted is a text of at most so many characters, said in the other language where one is missing.
func fitted(t Text, longestZH, longestEN int) Text {
	zh, en := plain(t.ZH, longestZH), plain(t.EN, longestEN)
	switch {
	case zh == "":
		zh = en
	case en == "":
		en = zh
	}
	return say(zh, en)
}

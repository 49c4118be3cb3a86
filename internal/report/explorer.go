package report

import (
	"encoding/json"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// explorer lets a reader look at the same table for another job family, industry, size or region.
// It holds published figures only; the page script picks among them and computes nothing.
type explorer struct {
	CSV  string
	data []byte
}

// JSON is the explorer's data for the page.
func (e *explorer) JSON() string { return string(e.data) }

type explorerData struct {
	Competencies []explorerName       `json:"competencies"`
	Cuts         []explorerCut        `json:"cuts"`
	Flags        map[string][2]string `json:"flags"`
}

type explorerName struct {
	Name [2]string `json:"name"`
	Href string    `json:"href"`
}

type explorerCut struct {
	By   string           `json:"by"` // dimension
	Of   string           `json:"of"` // code
	Dim  [2]string        `json:"dim"`
	Name [2]string        `json:"name"`
	Rows [][3]explorerFig `json:"rows"` // required, graduate, gap of each competency
}

// explorerFig is [estimate, low, high, enterprises, flag] with null for what is not shown.
type explorerFig [5]any

// explorer collects every cut of base; nil where there is nothing to cut.
func (d *desk) explorer(base demand.Domain) *explorer {
	data := explorerData{Flags: map[string][2]string{}}
	for flag, t := range flagTexts {
		data.Flags[string(flag)] = pair(t)
	}
	for _, id := range d.a.Competencies {
		data.Competencies = append(data.Competencies, explorerName{pair(d.n.short(id)), competencyFile(id)})
	}
	data.Cuts = append(data.Cuts, d.explorerCut(base, "all", "", say("全部", "all"), d.n.domain(base)))
	for _, dim := range dimensions {
		for _, c := range d.subdomains(base, dim) {
			name, _ := d.n.subgroup(c)
			data.Cuts = append(data.Cuts, d.explorerCut(c, dim.key, dim.code(c), dim.name, name))
		}
	}
	if len(data.Cuts) < 2 {
		return nil
	}
	raw, err := json.Marshal(data)
	if err != nil {
		panic(err) // strings and finite numbers always marshal
	}
	return &explorer{CSV: "data/cells.csv", data: raw}
}

func (d *desk) explorerCut(c demand.Domain, by, of string, dim, name Text) explorerCut {
	cut := explorerCut{By: by, Of: plain(of, 40), Dim: pair(dim), Name: pair(name)}
	for _, id := range d.a.Competencies {
		cut.Rows = append(cut.Rows, [3]explorerFig{
			explorerFigure(d.figure(c, id, demand.MeanRequired)),
			explorerFigure(d.figure(c, id, demand.MeanGraduate)),
			explorerFigure(d.figure(c, id, demand.PerformanceGap)),
		})
	}
	return cut
}

func explorerFigure(f demand.Figure) explorerFig {
	flag := string(f.Flag)
	if flag == "" {
		flag = string(demand.NoData)
	}
	out := explorerFig{nil, nil, nil, nil, flag}
	if f.Shown() && finite(f.Estimate) {
		out[0], out[3] = short3(f.Estimate), f.Enterprises
		if f.HasSE && finite(f.Lo) && finite(f.Hi) {
			out[1], out[2] = short3(f.Lo), short3(f.Hi)
		}
	}
	return out
}

// short3 is a number with three decimals: all a page prints.
func short3(v float64) json.RawMessage { return json.RawMessage(strconv.FormatFloat(v, 'f', 3, 64)) }

func pair(t Text) [2]string { return [2]string{t.ZH, t.EN} }

package report

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// flagTexts say in words why there is no number, or that one needs caution.
var flagTexts = map[demand.Flag]Text{
	demand.NoData:             say("无数据", "no data"),
	demand.Good:               say("可用", "ok"),
	demand.Caution:            say("慎用", "use with caution"),
	demand.WithheldPrecision:  say("误差过大，不予公布", "withheld: too imprecise"),
	demand.WithheldFew:        say("样本不足，不予公布", "withheld: too few enterprises"),
	demand.WithheldDominance:  say("一家企业占比过高，不予公布", "withheld: one enterprise dominates"),
	demand.WithheldComplement: say("防止反推，不予公布", "withheld: would reveal another cell"),
}

func flagText(f demand.Flag) Text {
	if t, ok := flagTexts[f]; ok {
		return t
	}
	return flagTexts[demand.NoData]
}

// pointOf is a figure as a chart draws it; what is not shown says why.
func pointOf(f demand.Figure) Point {
	if !f.Shown() || !finite(f.Estimate) {
		return Point{Why: flagText(f.Flag)}
	}
	p := Point{Value: f.Estimate, Lo: f.Estimate, Hi: f.Estimate, OK: true, Tip: baseOf(f)}
	if f.HasSE && finite(f.Lo) && finite(f.Hi) {
		p.Lo, p.Hi = f.Lo, f.Hi
	}
	return p
}

// baseOf says how many answers a figure rests on.
func baseOf(f demand.Figure) Text {
	if f.Flag.Suppressed() || f.Enterprises == 0 {
		return Text{}
	}
	t := say(count(f.Enterprises)+" 家企业 · "+count(f.Jobs)+" 个岗位",
		plural(f.Enterprises, "enterprise")+", "+plural(f.Jobs, "job"))
	if f.Flag == demand.Caution {
		t = say(t.ZH+" · 慎用", t.EN+", use with caution")
	}
	return t
}

// plural is codebook.Count with the groups of three that pages show.
func plural(n int, noun string) string { return count(n) + " " + codebook.Noun(n, noun) }

func itoa(n int) string { return strconv.Itoa(n) }

package report

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Changes is what a report says that the one before it did not, and what the year before did not.
// It holds published figures and counts only: no file, enterprise or person is named in it.
type Changes struct {
	Year     int            `json:"year"`
	Before   string         `json:"before,omitempty"` // label of the report compared with; "" for the first of its year
	Files    FileChanges    `json:"files"`
	Visits   [2]int         `json:"visits"`      // before, now
	Partners [2]int         `json:"enterprises"` // before, now
	Jobs     [2]int         `json:"jobs"`        // before, now
	LastRun  *FigureChanges `json:"since_last_run,omitempty"`
	LastYear *FigureChanges `json:"since_last_year,omitempty"`
	Due      []Due          `json:"due,omitempty"`

	// TooClose: fewer than k files lie between this report and the one before, so that the
	// difference of the two would show them. Nothing that moved between them is listed.
	TooClose bool `json:"too_close,omitempty"`
}

// FileChanges count what was handed in since the report before.
type FileChanges struct {
	Taken      int `json:"taken"`
	Superseded int `json:"superseded"` // of those taken: corrections of an earlier file
	Withdrawn  int `json:"withdrawn"`
	Refused    int `json:"refused"` // lie there still, with errors
}

// FigureChanges compares published figures at two times.
type FigureChanges struct {
	Year     int         `json:"year"`     // of the earlier figures
	Compared int         `json:"compared"` // figures shown both times
	Moved    []Move      `json:"moved,omitempty"`
	Opened   []GapChange `json:"opened,omitempty"` // short beyond error now, not before
	Closed   []GapChange `json:"closed,omitempty"` // short beyond error before, not now
	Shown    int         `json:"newly_shown"`
	Withheld int         `json:"newly_withheld"`

	AskedOtherwise []codebook.Past `json:"asked_otherwise,omitempty"` // competencies that the earlier year asked as something else
}

// Move is a figure that changed by more than its error.
type Move struct {
	Domain     demand.Domain         `json:"domain"`
	Competency codebook.CompetencyID `json:"competency"`
	Measure    demand.Measure        `json:"measure"`
	Before     Value                 `json:"before"`
	After      Value                 `json:"after"`
}

// Value is a figure with its 95 % interval.
type Value struct {
	Estimate float64 `json:"estimate"`
	Lo       float64 `json:"lo"`
	Hi       float64 `json:"hi"`
}

// GapChange is a performance gap that opened or closed.
type GapChange struct {
	Domain     demand.Domain         `json:"domain"`
	Competency codebook.CompetencyID `json:"competency"`
	Gap        Value                 `json:"gap"` // now
}

// Due is something that waits for a decision, or a decision that this year's figures can judge.
type Due struct {
	Kind       string                `json:"kind"` // decide, review, revisit or judge
	ID         string                `json:"id"`   // of the proposal or decision
	Day        string                `json:"day,omitempty"`
	Change     string                `json:"change,omitempty"` // add, strengthen, update or drop
	Programme  codebook.ProgrammeID  `json:"programme,omitempty"`
	Module     curriculum.ModuleCode `json:"module,omitempty"`
	Competency codebook.CompetencyID `json:"competency,omitempty"`
	Result     string                `json:"result,omitempty"` // judge only: what the figures say
}

// The kinds of Due.
const (
	DueDecide  = "decide"  // both sides have given their opinion
	DueReview  = "review"  // the school or the enterprises have not given theirs
	DueRevisit = "revisit" // put off in an earlier year
	DueJudge   = "judge"   // adopted; this is the first survey that may show its effect
)

// ChangeLine is one finding of a comparison with what it consists of.
type ChangeLine struct {
	Finding Text
	Items   []Text // at most a few; More counts the others
	More    int
}

// linesEach is how many items a line spells out.
const linesEach = 8

// ChangeLines words a comparison, most important first: for a terminal, a message, a page.
func ChangeLines(cb *codebook.Codebook, plan *curriculum.Map, c *Changes) []ChangeLine {
	w := changeWriter{names{cb: cb, plan: plan}, c}
	lines := []ChangeLine{w.filesLine()}
	for _, f := range []*FigureChanges{c.LastRun, c.LastYear} {
		if f != nil && !w.hides(f) {
			lines = append(lines, w.movedLine(f), w.gapsLine(f))
			if len(f.AskedOtherwise) > 0 {
				lines = append(lines, w.n.pastLine(f.AskedOtherwise))
			}
		}
	}
	return append(lines, w.dueLine())
}

type changeWriter struct {
	n names
	c *Changes
}

// hides reports a comparison whose figures are not listed.
func (w changeWriter) hides(f *FigureChanges) bool { return w.c.TooClose && f == w.c.LastRun }

// filesLine says what came in.
func (w changeWriter) filesLine() ChangeLine {
	f := w.c.Files
	zh := "新收 " + count(f.Taken) + " 个文件，其中 " + count(f.Superseded) + " 个更正旧件；撤回 " + count(f.Withdrawn) + "，退回 " + count(f.Refused)
	en := plural(f.Taken, "file") + " taken, " + count(f.Superseded) + " of them corrections; " + count(f.Withdrawn) + " withdrawn, " + count(f.Refused) + " refused"
	size := say("走访 "+fromTo(w.c.Visits)+"，企业 "+fromTo(w.c.Partners)+"，岗位 "+fromTo(w.c.Jobs),
		"Visits "+fromTo(w.c.Visits)+", enterprises "+fromTo(w.c.Partners)+", jobs "+fromTo(w.c.Jobs))
	if w.c.Before == "" {
		size = say("走访 "+count(w.c.Visits[1])+"，企业 "+count(w.c.Partners[1])+"，岗位 "+count(w.c.Jobs[1])+"；这是本年的第一份报告",
			plural(w.c.Visits[1], "visit")+", "+plural(w.c.Partners[1], "enterprise")+", "+plural(w.c.Jobs[1], "job")+"; the first report of the year")
	}
	line := ChangeLine{Finding: say(zh, en), Items: []Text{size}}
	if w.c.TooClose {
		line.Items = append(line.Items, say("与上次报告只差很少几份文件：两份相减会露出个别企业，所以不列出变动的数字；两份报告也不要都交给外人",
			"So few files lie between this report and the last that their difference would show single enterprises: what moved is not listed, and no outsider should be given both reports"))
	}
	return line
}

func fromTo(n [2]int) string { return count(n[0]) + " → " + count(n[1]) }

// since names the time compared with.
func (w changeWriter) since(f *FigureChanges) Text {
	if f.Year == w.c.Year {
		return say("上次报告", "the last report")
	}
	return say(" "+itoa(f.Year)+" 年", itoa(f.Year))
}

// movedLine lists the figures that moved beyond their error.
func (w changeWriter) movedLine(f *FigureChanges) ChangeLine {
	since := w.since(f)
	line := ChangeLine{Finding: say("与"+since.ZH+"相比，"+count(len(f.Moved))+" 个数字的变化超出误差（可比 "+count(f.Compared)+" 个）",
		"Against "+since.EN+", "+plural(len(f.Moved), "figure")+" moved beyond error, of "+count(f.Compared)+" that can be compared")}
	for _, m := range f.Moved {
		line.add(w.move(m))
	}
	return line
}

// move is one figure that moved, in words.
func (w changeWriter) move(m Move) Text {
	d, c, measure := w.n.domain(m.Domain), w.n.short(m.Competency), measureName(m.Measure)
	values := " " + num(m.Before.Estimate, 2) + " → " + num(m.After.Estimate, 2)
	return say(d.ZH+" · "+c.ZH+" · "+measure.ZH+values, d.EN+" · "+c.EN+" · "+measure.EN+values)
}

// gapsLine lists the gaps that opened or closed.
func (w changeWriter) gapsLine(f *FigureChanges) ChangeLine {
	since := w.since(f)
	line := ChangeLine{Finding: say("与"+since.ZH+"相比，新出现 "+count(len(f.Opened))+" 处超出误差的差距，消失 "+count(len(f.Closed))+" 处",
		"Against "+since.EN+", "+plural(len(f.Opened), "gap")+" opened beyond error and "+count(len(f.Closed))+" closed")}
	for _, g := range f.Opened {
		line.add(w.gap(g, say("新差距", "new gap")))
	}
	for _, g := range f.Closed {
		line.add(w.gap(g, say("已不超出误差", "no longer beyond error")))
	}
	return line
}

func (w changeWriter) gap(g GapChange, what Text) Text {
	d, c := w.n.domain(g.Domain), w.n.short(g.Competency)
	value := " " + num(g.Gap.Estimate, 2) + " (" + num(g.Gap.Lo, 2) + "–" + num(g.Gap.Hi, 2) + ")"
	return say(what.ZH+"："+d.ZH+" · "+c.ZH+value, what.EN+": "+d.EN+" · "+c.EN+value)
}

// dueLine lists what waits for the committee.
func (w changeWriter) dueLine() ChangeLine {
	line := ChangeLine{Finding: say("待办的决定 "+count(len(w.c.Due))+" 项", plural(len(w.c.Due), "decision")+" due")}
	for _, d := range w.c.Due {
		line.add(w.due(d))
	}
	return line
}

var dueTexts = map[string]Text{
	DueDecide: say("待决定", "to be decided"), DueReview: say("待两方意见", "opinions are missing"),
	DueRevisit: say("曾暂缓，请再议", "put off earlier, due again"), DueJudge: say("可检验成效", "its effect can be judged"),
}

func (w changeWriter) due(d Due) Text {
	m, what := w.matter(d), w.dueWord(d)
	id := plain(d.ID, 24)
	return say(id+"："+m.ZH+"，"+what.ZH, id+": "+m.EN+", "+what.EN)
}

// matter is what a proposal or decision is about.
func (w changeWriter) matter(d Due) Text {
	kind := changeKind(d.Change)
	zh, en := kind.ZH, kind.EN
	if d.Module != "" {
		m := w.n.module(d.Module)
		zh, en = zh+"“"+m.ZH+"”", en+" “"+m.EN+"”"
	}
	if d.Programme != "" {
		p := w.n.programmeShort(d.Programme)
		zh, en = zh+"（"+p.ZH+"）", en+" ("+p.EN+")"
	}
	return say(zh, en)
}

// dueWord says what is to be done, or what the figures say of a decision.
func (w changeWriter) dueWord(d Due) Text {
	what := dueTexts[d.Kind]
	if result, ok := resultTexts[gap.Result(d.Result)]; ok {
		return say(what.ZH+"："+result.text.ZH, what.EN+": "+result.text.EN)
	}
	return what
}

// add spells an item out, or counts it where there are many.
func (l *ChangeLine) add(t Text) {
	if len(l.Items) < linesEach {
		l.Items = append(l.Items, t)
		return
	}
	l.More++
}

package web

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

type reportsView struct {
	Years   []reportYear
	Remarks []remarkView // latest first
}

type reportYear struct {
	campaign.ReportYear
	Hidden    bool // a draft, which the reader may not see
	Headlines []codebook.Text
}

// drafts reports whether the person may see the report of a year that none was published on. It
// follows every upload: two states of it, subtracted, give away what a single enterprise answered. The
// office and administrators see single answers anyway.
func (c *call) drafts() bool { return c.has(campaign.Office) || c.has(campaign.Admin) }

// reportsPage lists the reports of all years.
func reportsPage(c *call) error {
	years, err := c.campaign().ReportYears(c.ctx())
	if err != nil {
		return err
	}
	var v reportsView
	hidden := make(map[int]bool)
	for _, n := range slices.Backward(years) {
		y := reportYear{ReportYear: n, Hidden: n.Draft && !c.drafts()}
		if hidden[n.Year] = y.Hidden; y.Hidden {
			y.ReportYear = campaign.ReportYear{YearSize: campaign.YearSize{Year: n.Year}, Draft: true}
		} else {
			y.Headlines = c.s.live.headlines(n.Year, c.drafts())
		}
		v.Years = append(v.Years, y)
	}
	if v.Remarks, err = c.remarks("figure/"); err != nil {
		return err
	}
	v.Remarks = slices.DeleteFunc(v.Remarks, func(r remarkView) bool { return hidden[r.Year] }) // they may quote what is hidden
	slices.Reverse(v.Remarks)
	v.Remarks = v.Remarks[:min(len(v.Remarks), 12)]
	return c.page(http.StatusOK, "reports", v)
}

// headlines are the findings of a report that has been made already; none where it has not.
func (l *live) headlines(year int, drafts bool) []codebook.Text {
	if y := l.at(year); y.readable(drafts) {
		return y.report.Headlines
	}
	return nil
}

type unreportedView struct {
	Year  int
	Years []int // that can be read meanwhile, latest first
}

// unreported tells somebody who may not see drafts that no report was published on a year.
func (c *call) unreported(year int) error {
	years, err := c.campaign().ReportYears(c.ctx())
	if err != nil {
		return err
	}
	v := unreportedView{Year: year}
	for _, y := range slices.Backward(years) {
		if !y.Draft {
			v.Years = append(v.Years, y.Year)
		}
	}
	return c.page(http.StatusNotFound, "unreported", v)
}

// reportFile is one file of a year's report: the same bytes as qianqi report writes, on pages with
// a bar to come back by and a place for remarks at every section.
func reportFile(c *call) error {
	year, err := strconv.Atoi(c.r.PathValue("year"))
	if err != nil {
		return errNoPage
	}
	name := c.r.PathValue("path")
	if name == "" {
		return redirect(fmt.Sprintf("/reports/%d/index.html", year))
	}
	y, newer, err := c.s.live.year(c.ctx(), year, c.drafts())
	var none *campaign.ErrNoVisits
	switch {
	case errors.Is(err, errMaking):
		c.w.Header().Set("Refresh", "5")
		return c.page(http.StatusAccepted, "making", year)
	case errors.As(err, &none):
		return fail(http.StatusNotFound, "这一年还没有走访，所以没有报告。", "There are no visits of that year yet, hence no report.")
	case err != nil:
		return err
	}
	p := y.pages[name]
	if p == nil {
		return errNoPage
	}
	c.seenReport(y.report)
	if p.pieces != nil {
		if p, err = c.withRemarks(p, &y, newer); err != nil {
			return err
		}
		c.w.Header().Set("Content-Security-Policy", campaign.ReportPolicy()+"; frame-ancestors 'none'")
	} else if ext := path.Ext(name); slices.Contains(taken, ext) {
		c.w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(strings.ReplaceAll(name, "/", "-")))
	}
	return c.send(p, y.report.Label+"-"+versioned(p.data).version)
}

// seenReport notes once a session that somebody read a year's report.
func (c *call) seenReport(r *campaign.LiveReport) {
	if c.s.looks.first(stamp(c.s.now(), time.DateOnly), c.session.Token, r.Year) {
		c.record("report.seen", "report/"+strconv.Itoa(r.Year), map[string]string{"label": r.Label})
	}
}

// send answers with a file that browsers may keep as long as it is the newest.
func (c *call) send(p *livePage, version string) error {
	h := c.w.Header()
	h.Set("Content-Type", p.kind)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept-Encoding, Cookie")
	h.Set("ETag", `"`+version+`"`)
	if strings.Contains(c.r.Header.Get("If-None-Match"), `"`+version+`"`) {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	data := p.data
	if p.packed != nil && accepts(c.r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		data = p.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = c.w.Write(data) // the reader has gone: nobody to tell
	return nil
}

// figureObject names what a remark is about: a section of a page ("index.html#short") or a figure by
// its stable address without the year ("computer_network/fault_diagnosis/performance_gap").
func figureObject(year int, figure string) string {
	return fmt.Sprintf("figure/%d/%s", year, figure)
}

// withRemarks puts a page together with the number of remarks at each of its sections and figures.
func (c *call) withRemarks(p *livePage, y *liveYear, newer bool) (*livePage, error) {
	r := y.report
	comments, err := c.campaign().Store.Comments(c.ctx(), figureObject(r.Year, ""))
	if err != nil {
		return nil, err
	}
	count := make(map[string]int)
	for _, comment := range comments {
		count[strings.TrimPrefix(comment.Object, figureObject(r.Year, ""))]++
	}
	var state strings.Builder
	for _, piece := range p.pieces {
		if n := count[piece.figure]; n > 0 && piece.figure != "" {
			fmt.Fprintf(&state, "%s %d\n", piece.figure, n)
		}
	}
	link := func(figure string) string {
		words, class := `<span class="zh">批注</span><span class="en" lang="en">remarks</span>`, "remark"
		if n := count[figure]; n > 0 {
			words, class = words+" "+strconv.Itoa(n), "remark some"
		}
		return ` <a class="` + class + `" href="` + template.HTMLEscapeString(remarksAddress(r.Year, figure)) + `">` + words + `</a>`
	}
	fmt.Fprintf(&state, "%t %t", newer, y.draft)
	return c.s.live.with(p, state.String(), link, bar(newer, y.draft)), nil
}

func remarksAddress(year int, figure string) string {
	return fmt.Sprintf("/reports/%d/remarks?figure=%s", year, url.QueryEscape(figure))
}

// bar leads back from a report to the other pages, and says of a draft that it is one, on paper too. A
// figure in a table offers its remarks when it is the one the address points at, when it is pointed at,
// or when it has some.
func bar(newer, draft bool) string {
	note, warning := "", ""
	if newer {
		note = ` · <span class="zh">有新数据，正在重新计算；稍后刷新即可看到</span><span class="en" lang="en">there is newer data; it is being computed, reload in a while</span>`
	}
	if draft {
		warning = `<p class="draft" role="note"><b><span class="zh">草稿</span><span class="en" lang="en">Draft</span></b> <span class="zh">随每次交表变动；第一次运行（<code>qianqi run</code>）公布之前，委员会看不到，请勿外传</span><span class="en" lang="en">follows every upload; not shown to the committee until the first run (<code>qianqi run</code>) publishes it; do not pass it on</span></p>`
	}
	return `<style>.desk{font-size:13px;color:var(--soft);padding:8px 0 0;margin:0}.draft{border:2px solid var(--gap);padding:6px 12px;margin:10px 0 0;font-size:15px}` +
		`.remark{font:400 13px var(--sans);margin-left:.6em;white-space:nowrap}` +
		`td .remark{display:none}td:target .remark,td:hover .remark,td .remark.some{display:inline}` +
		`@media print{.desk,.remark,td .remark.some{display:none}}</style><p class="desk"><a href="/reports"><span class="zh">← 全部报告</span><span class="en" lang="en">← all reports</span></a>` + note + `</p>` + warning
}

// remarkView is a remark as the page shows it.
type remarkView struct {
	campaign.Comment
	Year   int
	Figure string
	Who    string
	Mine   bool
}

// To is the address of everything that was said about the same figure.
func (v remarkView) To() string { return remarksAddress(v.Year, v.Figure) }

// remarks lists the remarks whose object begins with a prefix, oldest first.
func (c *call) remarks(prefix string) ([]remarkView, error) {
	comments, err := c.campaign().Store.Comments(c.ctx(), prefix)
	if err != nil {
		return nil, err
	}
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	var list []remarkView
	for _, comment := range comments {
		rest, ok := strings.CutPrefix(comment.Object, "figure/")
		yearText, figure, _ := strings.Cut(rest, "/")
		year, err := strconv.Atoi(yearText)
		if ok && err == nil {
			list = append(list, remarkView{comment, year, figure, cmp.Or(names[comment.By], comment.By), comment.By == c.owner()})
		}
	}
	return list, nil
}

type remarksView struct {
	Year    int
	Figure  string
	Page    string // on which it stands, with its anchor; "" where the report no longer shows it
	Address string // of a figure; "" for a section
	Propose bool   // the person may open a proposal on it
	List    []remarkView
	Problem codebook.Text
}

// figureAsked is the section or figure that the address or the form names: one that the report has,
// or had when something was said about it.
func (c *call) figureAsked(figure string) (remarksView, error) {
	year, err := strconv.Atoi(c.r.PathValue("year"))
	if err != nil || figure == "" {
		return remarksView{}, errNoPage
	}
	v := remarksView{Year: year, Figure: figure}
	y, _, err := c.s.live.year(c.ctx(), year, c.drafts())
	var none *campaign.ErrNoVisits
	switch {
	case errors.Is(err, errMaking):
		return v, fail(http.StatusServiceUnavailable, "报告正在计算，请稍后再试。", "The report is being computed; try again in a moment.")
	case errors.As(err, &none):
	case err != nil:
		return v, err
	default:
		v.Page = y.places[figure]
	}
	if !strings.Contains(figure, "#") {
		v.Address = strconv.Itoa(year) + "/" + figure
		v.Propose = v.Page != "" && !y.draft && c.has(campaign.Committee)
	}
	all, err := c.remarks(figureObject(year, figure))
	for _, r := range all {
		if r.Figure == figure { // not only begins with it
			v.List = append(v.List, r)
		}
	}
	if err == nil && v.Page == "" && v.List == nil {
		err = errNoPage
	}
	return v, err
}

// remarksPage shows what was said about one section or figure of a report.
func remarksPage(c *call) error {
	v, err := c.figureAsked(c.r.URL.Query().Get("figure"))
	if err != nil {
		return err
	}
	return c.page(http.StatusOK, "remarks", v)
}

// leaveRemark adds a remark on a section or figure of a report.
func leaveRemark(c *call) error {
	v, err := c.figureAsked(c.form("figure"))
	if err != nil {
		return err
	}
	_, err = c.campaign().Store.Comment(c.ctx(), campaign.Comment{College: c.campaign().Codebook.College, Object: figureObject(v.Year, v.Figure),
		Kind: campaign.Remark, By: c.owner(), Text: c.form("text")})
	if text, ok := problemOf(err); ok {
		v.Problem = text
		return c.page(http.StatusUnprocessableEntity, "remarks", v)
	}
	if err != nil {
		return err
	}
	return redirect(remarksAddress(v.Year, v.Figure) + "&done=said")
}

// takeBack takes a remark of one's own back.
func takeBack(c *call) error {
	id, err := strconv.ParseInt(c.form("id"), 10, 64)
	if err != nil {
		return errNoPage
	}
	all, err := c.remarks("figure/")
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.ID != id || !r.Mine {
			continue
		}
		if err := c.campaign().Store.TakeBackComment(c.ctx(), id, c.act("")); err != nil {
			return err
		}
		return redirect("/reports?done=saved")
	}
	return errNoPage
}

// warm makes the newest published report before anybody asks for it; where there is none, the newest
// draft.
func (s *Server) warm() {
	years, err := s.Campaign.ReportYears(s.life)
	at := len(years) - 1
	for i := range years {
		if !years[i].Draft {
			at = i
		}
	}
	if err == nil && at >= 0 {
		_, _, err = s.live.year(s.life, years[at].Year, true)
	}
	if err != nil && !errors.Is(err, errMaking) && s.life.Err() == nil {
		s.Log.Warn("newest report not made", "error", err.Error())
	}
}

// looks remember, for a day, which session has read which report, so that the log tells it once.
type looks struct {
	mu   sync.Mutex
	day  string
	seen map[string]bool
}

// first reports whether a look is the first of its session on a day.
func (l *looks) first(day, session string, year int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.day != day || l.seen == nil {
		l.day, l.seen = day, make(map[string]bool)
	}
	key := session + "/" + strconv.Itoa(year)
	if l.seen[key] {
		return false
	}
	l.seen[key] = true
	return true
}

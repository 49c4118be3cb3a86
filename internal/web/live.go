package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"html"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// live keeps the reports of all years in memory, made anew when what they rest on has changed.
// While one is being made, readers get the one before; uploads that pour in make it no more often
// than once in a while.
type live struct {
	s        *Server
	mu       sync.Mutex
	years    map[int]*liveYear
	dossiers memo[[]campaign.Dossier]
	ideas    memo[[]campaign.Idea]
}

// liveYear is one year's report.
type liveYear struct {
	report *campaign.LiveReport // nil until the first one is made
	draft  bool                 // the report is no state of the year that was published
	public bool                 // a report was published on the year
	pages  map[string]*livePage
	places map[string]string // page and anchor of every section and figure, by what remarks call it
	asked  time.Time         // when the label was last compared
	hidden time.Time         // when somebody was last told that there is no report, since nothing was published
	made   time.Time         // when the report was finished
	making chan struct{}
	failed error
}

// livePage is one page taken apart where remarks are linked, or a file as it is.
type livePage struct {
	kind    string
	data    []byte
	packed  []byte // gzipped; nil where that gains nothing
	pieces  []piece
	byState map[string]*livePage // put together, by the number of remarks at each place
}

// piece is a stretch of a page up to a place where a remark may be left.
type piece struct {
	text   []byte
	figure string // what remarks call it; "" after the last
}

const (
	lookEvery = 3 * time.Second  // how often the label is compared
	rest      = 20 * time.Second // least time between two reports of a year
	firstWait = 15 * time.Second // how long a reader waits for the first one
)

func newLive(s *Server) *live { return &live{s: s, years: make(map[int]*liveYear)} }

// errMaking says that the first report of a year is still being made.
var errMaking = errors.New("web: the report is being made")

// year returns the report of a year, and whether a newer one is being made. The error is errMaking
// where there is none yet, and *campaign.ErrUnreported where it is a draft that the reader may not
// see.
func (l *live) year(ctx context.Context, year int, drafts bool) (y liveYear, newer bool, err error) {
	if err := l.compare(ctx, year, drafts); err != nil {
		return y, false, err
	}
	y = l.at(year)
	if !y.readable(drafts) && y.making != nil {
		select {
		case <-y.making:
		case <-time.After(firstWait):
		case <-ctx.Done():
		}
		y = l.at(year)
	}
	switch {
	case y.readable(drafts):
		return y, y.making != nil, nil
	case y.failed != nil:
		return y, false, y.failed
	}
	return y, true, errMaking
}

// readable reports whether there is a report for a reader who may see drafts, or may not.
func (y *liveYear) readable(drafts bool) bool { return y.report != nil && (drafts || !y.draft) }

// at is a year's report as it stands.
func (l *live) at(year int) liveYear {
	l.mu.Lock()
	defer l.mu.Unlock()
	if y := l.years[year]; y != nil {
		return *y
	}
	return liveYear{}
}

// compare starts a new report where the label is no longer the one of the report at hand. One
// reader at a time compares; the others read on. Nothing is made for a reader who may not see it.
func (l *live) compare(ctx context.Context, year int, drafts bool) error {
	now, fresh := time.Now(), liveYear{}
	l.mu.Lock()
	y, known := l.years[year], true
	if y == nil {
		y, known = &fresh, false
	}
	mayRead := drafts || y.public
	idle := y.making != nil || (y.report != nil || y.failed != nil) && now.Sub(y.asked) < lookEvery
	refused := !mayRead && now.Sub(y.hidden) < lookEvery
	if mayRead { // whoever may not read keeps nobody else from a newer report
		y.asked = now
	}
	l.mu.Unlock()
	switch {
	case refused:
		return &campaign.ErrUnreported{Year: year}
	case idle && mayRead:
		return nil
	}
	label, draft, err := l.s.Campaign.LiveLabel(ctx, year)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !known { // a year without visits never gets here
		if l.years[year] == nil {
			l.years[year] = y
		}
		y = l.years[year]
	}
	if draft && !drafts {
		y.hidden = now
		return &campaign.ErrUnreported{Year: year}
	}
	y.public, y.asked = y.public || !draft, now
	switch {
	case y.making != nil:
		return nil
	case y.report != nil && y.report.Label == label:
		y.draft = y.draft && draft // published as it stands
		return nil
	case y.report != nil && y.draft == draft && now.Sub(y.made) < rest:
		return nil
	}
	done := make(chan struct{})
	y.making = done
	l.s.work.Go(func() { l.make(year, done) })
	return nil
}

// make makes a report in the background, on one core: reading and handing in go on beside it.
func (l *live) make(year int, done chan struct{}) {
	defer close(done)
	report, err := l.s.Campaign.Live(l.s.life, year, 1)
	var pages map[string]*livePage
	places := make(map[string]string)
	if err == nil {
		pages = takeApart(report, places)
	} else if l.s.life.Err() == nil {
		l.s.Log.Error("report not made", "year", year, "error", err.Error())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	y := l.years[year]
	y.making, y.failed, y.made = nil, err, time.Now()
	if err == nil {
		y.report, y.draft, y.pages, y.places = report, report.Draft, pages, places
	}
}

// kinds are the content types of a report's files.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".csv": "text/csv; charset=utf-8", ".json": "application/json", ".js": "text/javascript; charset=utf-8",
	".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".css": "text/css; charset=utf-8",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".parquet": "application/vnd.apache.parquet",
}

// taken are the endings of files that a browser keeps instead of showing them.
var taken = []string{".csv", ".json", ".txt", ".xlsx", ".parquet"}

// takeApart makes pages of a report's files and notes the place of everything that may be remarked on.
func takeApart(report *campaign.LiveReport, places map[string]string) map[string]*livePage {
	pages := make(map[string]*livePage)
	for _, name := range report.Paths() {
		ext := path.Ext(name)
		kind, ok := kinds[ext]
		if !ok {
			kind = anyFile
		}
		p := &livePage{kind: kind, data: report.File(name)}
		if ext == ".html" {
			p.pieces, p.byState = pieces(name, p.data, places), make(map[string]*livePage)
		} else {
			p.packed = packed(p.data)
		}
		pages[name] = p
	}
	return pages
}

// remarkable is where a remark is linked: the head of a section, or the cell of a figure under its
// address.
var remarkable = regexp.MustCompile(`<section id="([A-Za-z0-9_-]+)"[^>]*><div class="head"><h2>|<td class="n" id="[0-9]{4}/([^"]+)">`)

// pieces takes a page apart at the ends of its sections' headings and of its figures' cells.
func pieces(name string, page []byte, places map[string]string) []piece {
	var out []piece
	at := 0
	for _, m := range remarkable.FindAllSubmatchIndex(page, -1) {
		end, figure, anchor := []byte("</td>"), "", ""
		if m[2] >= 0 {
			anchor = string(page[m[2]:m[3]])
			end, figure = []byte("</h2>"), name+"#"+anchor
		} else {
			figure = html.UnescapeString(string(page[m[4]:m[5]]))
			anchor = string(page[m[4]-5:m[4]]) + figure
		}
		stop := bytes.Index(page[m[1]:], end)
		if stop < 0 || m[0] < at {
			continue
		}
		stop += m[1]
		out = append(out, piece{page[at:stop], figure})
		places[figure] = name + "#" + anchor
		at = stop
	}
	return append(out, piece{page[at:], ""})
}

// packers are gzip writers to be used again: each is a megabyte, and a report has hundreds of files.
var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // no such level
	}
	return w
}}

// packed is data gzipped, nil where that gains nothing.
func packed(data []byte) []byte {
	if len(data) < 1024 {
		return nil
	}
	var b bytes.Buffer
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(data); err != nil || w.Close() != nil || b.Len() >= len(data) {
		return nil
	}
	return b.Bytes()
}

// mostStates bounds how many ways of one page are kept put together.
const mostStates = 8

// with puts a page together with links to the remarks at each of its sections.
func (l *live) with(p *livePage, state string, link func(figure string) string, bar string) *livePage {
	l.mu.Lock()
	known := p.byState[state]
	l.mu.Unlock()
	if known != nil {
		return known
	}
	var b bytes.Buffer
	for i, piece := range p.pieces {
		text := piece.text
		if i == 0 {
			text = bytes.Replace(text, []byte("<body>"), []byte("<body>"+bar), 1)
		}
		b.Write(text)
		if piece.figure != "" {
			b.WriteString(link(piece.figure))
		}
	}
	whole := &livePage{kind: p.kind, data: b.Bytes(), packed: packed(b.Bytes())}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(p.byState) >= mostStates {
		clear(p.byState)
	}
	p.byState[state] = whole
	return whole
}

// memo remembers what takes a while to compute, until the data change.
type memo[T any] struct {
	mu    sync.Mutex
	label string
	value T
}

// at returns what a label stands for, made by make where it is not the last one asked for.
func (m *memo[T]) at(label string, make func() (T, error)) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.label == label {
		return m.value, nil
	}
	value, err := make()
	if err == nil {
		m.label, m.value = label, value
	}
	return value, err
}

// published is the label of the newest published report; "" where there is none. What proposals show
// rests on that for everybody: whoever proposes on a figure puts it before others.
func (l *live) published(ctx context.Context) (string, error) {
	label, draft, err := l.s.Campaign.LiveLabel(ctx, 0)
	if none := (*campaign.ErrNoVisits)(nil); errors.As(err, &none) || draft {
		return "", nil
	}
	return label, err
}

// dossiersNow are the proposals as they stand.
func (l *live) dossiersNow(ctx context.Context) ([]campaign.Dossier, error) {
	dossiers := func() ([]campaign.Dossier, error) {
		return l.s.Campaign.Dossiers(ctx, campaign.AnalyzeOptions{Cores: 1, Settled: true})
	}
	label, err := l.published(ctx)
	if err != nil {
		return nil, err
	}
	if label == "" {
		return dossiers() // their reviews and decisions change; without figures they cost next to nothing
	}
	return l.dossiers.at(label, dossiers)
}

// ideasNow are the gaps that proposals could be born from. Single suggestions are not among them:
// they are answers of one enterprise.
func (l *live) ideasNow(ctx context.Context) ([]campaign.Idea, error) {
	label, err := l.published(ctx)
	if err != nil || label == "" {
		return nil, err
	}
	return l.ideas.at(label, func() ([]campaign.Idea, error) {
		all, err := l.s.Campaign.Ideas(ctx, campaign.AnalyzeOptions{Cores: 1, Settled: true})
		return slices.DeleteFunc(all, func(i campaign.Idea) bool { return i.Origin != campaign.FromGap }), err
	})
}

// accepts reports whether a browser takes an answer gzipped.
func accepts(header string) bool {
	for _, part := range strings.Split(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.ReplaceAll(quality, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

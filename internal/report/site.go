// Package report turns an analysis into the pages a committee reads: charts, tables, exports and
// the reasons behind every number, as a set of files that opens from a folder without a network.
//
// Make is the way in. It does no input or output: it hands every file, as soon as that is finished,
// to whoever publishes it. The same analysis gives the same bytes.
package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Options say what a report is made with beside the analysis.
type Options struct {
	Codebook   *codebook.Codebook // names, scales, rules; nil is the built-in one
	Curriculum *curriculum.Map    // in force in the year, for module names; nil where there is none
	Run        string             // identifies the run in the footer, e.g. "#0007"; "" leaves it out
	Years      []int              // years whose reports stand beside this one, in folders named by year

	// Sheets writes tables as workbooks; nil leaves these and the links to them out.
	Sheets SheetWriter

	// Changes fills the page that says what is new; nil leaves the page out.
	Changes *Changes

	// Stills keeps still pictures between runs; drawing them takes most of the time of Make.
	// nil draws every picture anew.
	Stills Stills
}

// Stills is a store of drawn charts. The key depends on everything the picture depends on, so an
// entry never goes stale.
type Stills interface {
	Load(key string) (svg []byte, ok bool)
	Store(key string, svg []byte)
}

// Put takes one finished file of a report, by its path with "/" between folders. Its error ends
// the making of the report.
type Put func(path string, data []byte) error

// Make makes the report of one year and hands each file to put once, holding on to none of them.
// An error means the report could not be made; what the data do not tell is said on the pages instead.
func Make(a *gap.Analysis, opts Options, put Put) error {
	if a == nil {
		return errors.New("report: no analysis")
	}
	if err := makeFiles(a, opts, once(put)); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// once refuses a second file of the same path.
func once(put Put) Put {
	taken := map[string]bool{}
	return func(path string, data []byte) error {
		if taken[path] {
			return fmt.Errorf("two files are called %s", path)
		}
		taken[path] = true
		return put(path, data)
	}
}

func makeFiles(a *gap.Analysis, opts Options, put Put) error {
	d := deskFor(a, opts)
	pages, err := d.setPages(opts, put)
	if err != nil {
		return err
	}
	for _, f := range []struct{ path, data string }{
		{"assets/echarts.min.js", echartsJS}, {"assets/echarts.LICENSE.txt", echartsLicense},
		{"assets/echarts.NOTICE.txt", echartsNotice}, {"assets/zrender.LICENSE.txt", zrenderLicense},
	} {
		if err := put(f.path, []byte(f.data)); err != nil {
			return err
		}
	}
	return d.exports(put, d.datasets(pages), opts.Sheets)
}

// setPages makes the pages and hands them to put; their tables are still to be exported.
func (d *desk) setPages(opts Options, put Put) ([]*page, error) {
	pages, err := d.pages(opts.Changes)
	if err != nil {
		return nil, err
	}
	pages = append(pages, d.downloadsPage(pages, opts.Sheets != nil))
	if err := drawStills(pages, opts.Stills); err != nil {
		return nil, err
	}
	shared := d.frame(opts)
	for _, p := range pages {
		p.site = shared
		data, err := p.render()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		if err := put(p.File, data); err != nil {
			return nil, err
		}
		p.dropCharts()
	}
	return pages, nil
}

// dropCharts lets go of the charts of a page that is made; its tables are still to be exported.
func (p *page) dropCharts() {
	for _, s := range p.Sections {
		s.Chart = nil
	}
}

// deskFor is the desk of an analysis with the options of its report.
func deskFor(a *gap.Analysis, opts Options) *desk {
	cb := opts.Codebook
	if cb == nil {
		cb = codebook.Default()
	}
	return newDesk(a, names{cb: cb, plan: opts.Curriculum}, opts.Years)
}

// pages puts every page together, the overview first.
func (d *desk) pages(changes *Changes) ([]*page, error) {
	first, err := d.clusterPage()
	if err != nil {
		return nil, err
	}
	pages := []*page{first}
	for _, pg := range d.a.Programmes {
		p, err := d.programmePage(pg)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	for _, id := range d.a.Competencies {
		p, err := d.competencyPage(id)
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	loop, err := d.loopPage()
	if err != nil {
		return nil, err
	}
	quality, err := d.qualityPage()
	if err != nil {
		return nil, err
	}
	pages = append(pages, loop, quality, d.methodsPage(), d.rulesPage())
	if changes != nil {
		pages = append(pages, d.changesPage(changes))
	}
	traces := []*page{d.tracePage(demand.Domain{})}
	for _, pg := range d.a.Programmes {
		traces = append(traces, d.tracePage(demand.Domain{Programme: pg.Programme}))
	}
	first.Extra = contents(pages, traces)
	return append(pages, traces...), nil
}

// frame is the part all pages share: the way around, what is said on every page, the colophon.
func (d *desk) frame(o Options) *frame {
	f := &frame{Year: d.a.Year, Nav: []link{{"index.html", say("总览", "Overview")}}}
	for _, pg := range d.a.Programmes {
		f.Nav = append(f.Nav, link{programmeFile(pg.Programme), d.n.programmeShort(pg.Programme)})
	}
	f.Nav = append(f.Nav, link{"loop.html", say("闭环", "Loop")}, link{"quality.html", say("数据质量", "Quality")}, link{"methods.html", say("方法", "Methods")}, link{"rules.html", say("规则", "Rules")})
	if o.Changes != nil {
		f.Nav = append(f.Nav, link{changesFile, say("变化", "Changes")})
	}
	for _, y := range slices.Sorted(slices.Values(o.Years)) {
		if y != d.a.Year {
			f.Years = append(f.Years, link{"../" + itoa(y) + "/index.html", same(itoa(y))})
		}
	}
	if d.a.Invented {
		f.Notices = append(f.Notices, say("样例数据：企业、人员与评分均为虚构", "Sample data: enterprises, people and ratings are invented"))
	}
	if !d.a.Facts.Framed {
		f.Notices = append(f.Notices, say("走访不是随机样本，区间按随机抽样计算", "The visits are not a random sample; intervals are computed as if they were"))
	}
	f.Colophon = []Text{say("千企调研 "+itoa(d.a.Year), "Thousand Enterprises Survey "+itoa(d.a.Year)), d.codebookLine()}
	if run := plain(o.Run, 40); run != "" {
		f.Colophon = append(f.Colophon, say("运行 "+run, "run "+run))
	}
	f.Colophon = append(f.Colophon, say("少于 "+itoa(d.a.K)+" 家企业的数字不予公布", "figures of fewer than "+itoa(d.a.K)+" enterprises are withheld"))
	return f
}

func (d *desk) codebookLine() Text {
	id, version := d.a.Codebook.ID, d.a.Codebook.Version
	if id == "" {
		id, version = d.n.cb.ID, d.n.cb.Version
	}
	s := plain(id+" "+version, 60)
	return say("编码簿 "+s, "codebook "+s)
}

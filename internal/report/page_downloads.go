package report

// downloadsFile is the page that lists every table for other programs.
const downloadsFile = "downloads.html"

// downloads is what the page lists beside its title.
type downloads struct {
	Sheets bool // workbooks stand beside the CSV files
	Groups []downloadGroup
}

// downloadGroup is the tables of one page.
type downloadGroup struct {
	Page   link
	Tables []*table
}

// downloadsPage lists every table of every page with its files, and what holds all of them.
// It marks the tables that have a workbook.
func (d *desk) downloadsPage(pages []*page, sheets bool) *page {
	list := downloads{Sheets: sheets}
	n := 0
	for _, p := range pages {
		g := downloadGroup{Page: link{p.File, p.Title}, Tables: p.tables()}
		for _, t := range g.Tables {
			t.XLSX = sheets
			n++
		}
		if len(g.Tables) > 0 {
			list.Groups = append(list.Groups, g)
		}
	}
	return &page{File: downloadsFile, Template: "downloads", Title: say("下载数据", "Downloads"), Kicker: say("给其他程序用的数据", "The figures for other programs"),
		Headline: say("页面上的 "+itoa(n)+" 张表，逐张可下载", "Each of the "+itoa(n)+" tables of these pages"),
		Certainty: []Text{
			say("每个数字带标准误、区间、企业数、岗位数与标记；不予公布的格子空着，标记说明原因；空着不是零。", "Every figure comes with standard error, interval, enterprises, jobs and flag; what is withheld is empty and the flag says why; empty is not zero."),
			say("文件都在本报告的 data 文件夹里，随报告一起拷走即可，不联网也能打开。", "All files stand in the folder data of this report and go with it; no network is needed."),
		}, Extra: list}
}

package report

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

// sheetCSS sets a sheet on A4 with the measures of the document.
const sheetCSS = `@page{size:A4;margin:15mm 18mm 14mm}
html{font:9pt/1.45 "Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif;color:#14202e;font-variant-numeric:tabular-nums;text-spacing-trim:trim-start}
body{margin:0 auto;max-width:174mm}p,h1,h2{margin:0}
.kicker{color:#5a6675;margin-bottom:2pt}h1{font-size:15pt;line-height:1.4;margin-bottom:4pt}h2{font-size:10pt;color:#0f6b72;margin-top:4.5pt}
.note{font-size:8pt;color:#5a6675;margin-bottom:3pt}.item{padding-left:10pt;text-indent:-8pt;margin-bottom:.5pt}.item::before{content:"• "}
.blank{height:17pt;border-bottom:.5pt solid #9aa4af}.sign{font-size:8.5pt;margin:8pt 0 4pt}
table{border-collapse:collapse;width:100%;table-layout:fixed;font-size:8.5pt;border-top:1pt solid #14202e;border-bottom:.5pt solid #9aa4af}
th,td{padding:1pt 4pt 1pt 2pt;text-align:right;border-bottom:.5pt solid #dde2e7;font-weight:400}th[scope=col]{font-weight:600;font-size:7.5pt}:is(th,td):is(:first-child,:last-child){text-align:left}
`

// sheetTags are the elements of paragraphs.
var sheetTags = map[blockStyle][2]string{
	kickerStyle: {`<p class="kicker">`, "</p>"}, titleStyle: {"<h1>", "</h1>"}, headingStyle: {"<h2>", "</h2>"}, itemStyle: {`<p class="item">`, "</p>"},
	noteStyle: {`<p class="note">`, "</p>"}, blankStyle: {`<p class="blank">`, "</p>"}, signStyle: {`<p class="sign">`, "</p>"}, traceStyle: {`<p class="note" id="trace">`, "</p>"},
}

// html is the sheet as a page without script or link, to be printed.
func (s *sheet) html() []byte {
	language := "zh-CN"
	if s.english {
		language = "en"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>%s</title><style>%s</style></head><body>\n",
		language, html.EscapeString(s.pick(s.title)), sheetCSS)
	for _, p := range s.blocks {
		if p.head != nil {
			s.htmlTable(&b, p)
			continue
		}
		tags := sheetTags[p.style]
		fmt.Fprintf(&b, "%s%s%s\n", tags[0], s.htmlRuns(told{p.text, p.quotes}), tags[1])
	}
	b.WriteString("</body></html>\n")
	return b.Bytes()
}

// htmlRuns is a text whose figures carry their addresses.
func (s *sheet) htmlRuns(t told) string {
	var b strings.Builder
	for _, r := range runsOf(s.pick(t.text), t.quotes) {
		if r.Command == "" {
			b.WriteString(html.EscapeString(r.Text))
			continue
		}
		fmt.Fprintf(&b, `<data value="%s" title="%s">%s</data>`, html.EscapeString(r.From), html.EscapeString(r.Command), html.EscapeString(r.Text))
	}
	return b.String()
}

func (s *sheet) htmlTable(b *bytes.Buffer, t block) {
	b.WriteString("<table><colgroup>")
	for _, w := range sheetWidths {
		fmt.Fprintf(b, `<col style="width:%d%%">`, w)
	}
	b.WriteString("</colgroup><thead><tr>")
	for _, c := range t.head {
		fmt.Fprintf(b, `<th scope="col">%s</th>`, html.EscapeString(s.pick(c)))
	}
	b.WriteString("</tr></thead><tbody>\n")
	for _, r := range t.rows {
		b.WriteString("<tr>")
		for i, c := range r {
			tag := `td`
			if i == 0 {
				tag = `th`
			}
			fmt.Fprintf(b, `<%s>%s</%s>`, tag, s.htmlRuns(c), tag)
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody></table>\n")
}

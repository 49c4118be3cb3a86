package campaign

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// TestAYearOfThreeVisits: with fewer enterprises than any figure may rest on, every page is there, says
// so in words, and prints no number for what it does not know.
func TestAYearOfThreeVisits(t *testing.T) {
	c := openCampaign(t)
	files := map[string][]byte{}
	for i, v := range sampleVisits(3) {
		files[fmt.Sprintf("%d.xlsx", i)] = visitBook(t, workbook.TemplateOptions{}, v)
	}
	if r := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, files)}, By: "test"}); r.Totals.Accepted != 3 {
		t.Fatalf("%+v", r.Totals)
	}
	a, err := c.Analyze(context.Background(), AnalyzeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Campaign: c, analysis: a}
	never, zero := regexp.MustCompile(`NaN|Inf\b|undefined|<nil>|%!`), regexp.MustCompile(`^[−-]?0(\.0+)?( ?%)?$`)
	said := map[string]string{}
	for _, p := range w.pages(t) {
		if p.file == "rules.html" || p.file == "methods.html" { // the same in every year
			continue
		}
		said[p.file] = wordsOf(p.doc, "zh")
		if m := never.FindString(said[p.file]); m != "" {
			t.Errorf("%s says %q", p.file, m)
		}
		for n := range p.doc.Descendants() {
			text := wordsOf(n, "zh")
			if n.Data == "dd" && (text == "" || strings.HasPrefix(text, "0 /")) || n.Data == "td" && attribute(n, "class") == "n" && (text == "" || linkOf(n) != "" && zero.MatchString(text)) {
				t.Errorf("%s prints %q for what is not known", p.file, text)
			}
		}
		if figures := p.figures(); len(figures) > 0 {
			t.Errorf("%s publishes %v of three enterprises", p.file, figures[0])
		}
	}
	for page, sentence := range map[string]string{
		"index.html": "样本不足，不予公布", "programme-iot.html": "数据不足，尚不能判断", "competency-fault_diagnosis.html": "网络故障诊断的总体差距：样本不足，不予公布",
	} {
		if !strings.Contains(said[page], sentence) {
			t.Errorf("%s does not say %q: %.300s", page, sentence, said[page])
		}
	}
}

package main

import (
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// What a run says of answers that its report does not hold: they come, or in a frozen year they stay out.
func TestRunSaysWhatWaits(t *testing.T) {
	for _, c := range []struct {
		why     string
		r       campaign.RunResult
		has, no string
	}{
		{"nothing waits", campaign.RunResult{}, "报告 report", "不在"},
		{"others may come", campaign.RunResult{Waiting: 3}, "再有几家就一起公布", "已冻结"},
		{"no others come", campaign.RunResult{Waiting: 3, StaysOut: true}, "2026 年已冻结，而 3 家企业的新答案不在最近一份报告里", "再有几家就一起公布"},
	} {
		c.r.Report, c.r.Ingest = &campaign.Published{Year: 2026}, &campaign.IngestResult{}
		var b strings.Builder
		if err := printRun(&b, &c.r, false, false); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); !strings.Contains(got, c.has) || strings.Contains(got, c.no) {
			t.Errorf("%s: %s", c.why, got)
		}
	}
}

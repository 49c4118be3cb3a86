package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
)

// What a workbook of decisions says reaches the terminal as text, whichever command prints it.
func TestHostileDossier(t *testing.T) {
	const s = "红\x1b[31m\a\u202e\nD2026-99 采纳"
	d := &campaign.Dossier{Proposal: curriculum.ProposalID(s), Module: curriculum.ModuleCode(s), Text: s, Evidence: s, Superseded: curriculum.ProposalID(s),
		Reviews: []campaign.Review{{Role: s, Text: s}}, Decision: &campaign.Decision{ID: s, Reason: s},
		Verdict: &campaign.Verdict{Sentences: []codebook.Text{{ZH: s, EN: s}}}}
	var out bytes.Buffer
	p := tracePrinter{w: &out}
	p.dossier(d)
	(&dossierPrinter{p, codebook.Default()}).whole(d)
	if strings.ContainsAny(out.String(), "\x1b\a\u202e") || strings.Contains(out.String(), "\nD2026-99") {
		t.Errorf("the terminal obeys it: %q", out.String())
	}
	if n := strings.Count(out.String(), "红"); n < 14 {
		t.Errorf("only %d of the texts are printed: %s", n, out.String())
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// fiveJobs have one stratum with a single unit, b.
const fiveJobs = "y,h,e,w,N,k,g\n1,a,1,2,9,3,A\n2,a,2,2,9,3,A\n4,b,3,2,4,3,B\n6,c,4,2,7,3,\n5,c,5,2,7,3,B\n"

// TestEstimateOfBadData holds every kind of bad data to what the help says of it, as a user types it: an
// error that names the line, or JSON with null and a reason, and never NaN.
func TestEstimateOfBadData(t *testing.T) {
	line := func(column, value string) string { // fiveJobs with one cell of the second row changed
		rows := strings.Split(fiveJobs, "\n")
		cells := strings.Split(rows[2], ",")
		cells[strings.Index("yhewNkg", column)] = value
		rows[2] = strings.Join(cells, ",")
		return strings.Join(rows, "\n")
	}
	design := "--y y --strata h --psu e --weight w --fpc N --lonely adjust "
	for _, c := range []struct {
		why, data, flags string
		wrong            []string // in the message; nothing: it is estimated
		est, se          float64  // −1: null
		reason           string
	}{
		{"one-unit stratum, no rule", fiveJobs, "--y y --strata h --psu e --weight w", []string{"line 4", "column h", "--lonely"}, 0, 0, ""},
		{"one-unit stratum, counted as certain", fiveJobs, "--y y --strata h --psu e --weight w --lonely certainty", nil, 3.6, 0.282842712474619, ""},
		{"one-unit stratum, left out", fiveJobs, "--y y --strata h --psu e --weight w --lonely remove", nil, 3.6, 0.282842712474619, ""},
		{"one-unit stratum, centred at the mean", fiveJobs, "--y y --strata h --psu e --weight w --lonely adjust", nil, 3.6, 0.293938769133981, ""},
		{"one-unit stratum, as the others on average", fiveJobs, "--y y --strata h --psu e --weight w --lonely average", nil, 3.6, 0.346410161513775, ""},
		{"every stratum with one unit", fiveJobs, "--y y --strata e --lonely average", nil, 3.6, -1, "lonely-strata"},
		{"a subgroup in which nobody answered", line("y", ""), design + "--by h --domain h=a", nil, 1, -1, "one-psu"},
		{"a domain without a row", fiveJobs, design + "--domain h=z", []string{"h", "z"}, 0, 0, ""},
		{"nobody answered at all", "y,e\n,1\nNA,2\nnan,3\n", "--y y --psu e", nil, -1, -1, "no-answers"},
		{"zero weight", line("w", "0"), design, []string{"line 3", "column w", `"0"`}, 0, 0, ""},
		{"negative weight", line("w", "-2"), design, []string{"line 3", "column w", `"-2"`}, 0, 0, ""},
		{"no weight", line("w", ""), design, []string{"line 3", "column w"}, 0, 0, ""},
		{"a weight that is NaN", line("w", "nan"), design, []string{"line 3", "column w", `"nan"`}, 0, 0, ""},
		{"an endless weight", line("w", "Inf"), design, []string{"line 3", "column w", `"Inf"`}, 0, 0, ""},
		{"a population below the sample", strings.ReplaceAll(fiveJobs, ",9,", ",1,"), design, []string{"line 2", "column N", "smaller than what was sampled there (2)"}, 0, 0, ""},
		{"a population that varies in a stratum", line("N", "8"), design, []string{"line 3", "column N", "differs"}, 0, 0, ""},
		{"a population that is NaN", line("N", "NaN"), design, []string{"line 3", "column N"}, 0, 0, ""},
		{"a census", strings.ReplaceAll(fiveJobs, ",9,", ",2,"), "--y y --strata h --psu e --fpc N --lonely certainty --domain h=a", nil, 1.5, 0, ""},
		{"all answers the same", fiveJobs, "--y k --strata h --psu e --weight w --lonely adjust", nil, 3, 0, "all-equal"},
		{"an answer that is no number", line("y", "两"), design, []string{"line 3", "column y", "两"}, 0, 0, ""},
		{"an endless answer", line("y", "-Inf"), design, []string{"line 3", "column y", `"-Inf"`}, 0, 0, ""},
		{"a number too large", line("y", "1e999"), design, []string{"line 3", "column y", `"1e999"`}, 0, 0, ""},
		{"a number as programmers write it", line("y", "1_000"), design, []string{"line 3", "column y", `"1_000"`}, 0, 0, ""},
		{"NaN among the answers is a missing one", line("y", "NaN"), "--y y", nil, 4, 1.0458250331675945, ""},
		{"a ratio over nothing", "y,x,e\n1,0,1\n2,0,2\n", "--y y/x --psu e", nil, -1, -1, "zero-denominator"},
		{"a known total that is NaN", fiveJobs, "--y y --rake h:a=NaN,b=3,c=4", []string{"a=NaN", "level=count"}, 0, 0, ""},
		{"a known total below zero", fiveJobs, "--y y --poststratify h:a=-3,b=3,c=4", []string{"above 0", `"a"`}, 0, 0, ""},
		{"a cell without a group", fiveJobs, design + "--poststratify g:A=3,B=4", []string{"line 5", " g;"}, 0, 0, ""},
	} {
		out, err := runEstimateLine(c.data, append([]string{"--data", "-", "--json"}, strings.Fields(c.flags)...)...)
		if strings.Contains(out, "NaN") || strings.Contains(out, "Inf") {
			t.Errorf("%s: %s", c.why, out)
		}
		if c.wrong != nil {
			for _, want := range c.wrong {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: no %q in %v", c.why, want, err)
				}
			}
			continue
		}
		var r estimateReport
		if err != nil || json.Unmarshal([]byte(out), &r) != nil || len(r.Estimates) == 0 {
			t.Errorf("%s: %v in %q", c.why, err, out)
			continue
		}
		e := r.Estimates[0]
		for name, pair := range map[string]struct {
			got  *float64
			want float64
		}{"estimate": {e.Estimate, c.est}, "se": {e.SE, c.se}} {
			if pair.want == -1 != (pair.got == nil) {
				t.Errorf("%s: %s is %v, want %v (-1: null)", c.why, name, show(pair.got), pair.want)
			} else if pair.got != nil {
				agree(t, c.why+": "+name, pair.got, pair.want, 1e-9)
			}
		}
		if string(e.Reason) != c.reason {
			t.Errorf("%s: reason %q, want %q", c.why, e.Reason, c.reason)
		}
	}
}

// The help names every reason that stands in the JSON, and what bad data gives.
func TestEstimateHelpSaysWhatBadDataGives(t *testing.T) {
	out, err := runEstimateLine("", "--help")
	if err != nil {
		t.Fatal(err)
	}
	for reason := range reasonTexts {
		if !strings.Contains(out, string(reason)) {
			t.Errorf("the help does not name %q", reason)
		}
	}
	for _, rule := range []string{"fail", "certainty", "remove", "adjust", "average", "zero or negative", "below the sample", "Inf is none"} {
		if !strings.Contains(out, rule) {
			t.Errorf("the help does not say %q", rule)
		}
	}
	if len(reasonTexts) < 8 {
		t.Error(fmt.Sprint(len(reasonTexts), " reasons"))
	}
}

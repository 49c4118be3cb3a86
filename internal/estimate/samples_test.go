package estimate

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// table is a CSV extract of testdata by column.
type table map[string][]string

func readTable(t testing.TB, name string) table {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := table{}
	for c, name := range rows[0] {
		for _, r := range rows[1:] {
			out[name] = append(out[name], r[c])
		}
	}
	return out
}

// num is a column of numbers; an empty cell is NaN.
func (t table) num(name string) []float64 {
	out := make([]float64, len(t[name]))
	for i, s := range t[name] {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			v = math.NaN()
		}
		out[i] = v
	}
	return out
}

// id is a column of identifiers: whole numbers, or codes in sorted order.
func (t table) id(name string) []int32 {
	levels := slices.Compact(slices.Sorted(slices.Values(t[name])))
	out := make([]int32, len(t[name]))
	for i, s := range t[name] {
		if v, err := strconv.Atoi(s); err == nil {
			out[i] = int32(v)
		} else {
			out[i] = int32(slices.Index(levels, s))
		}
	}
	return out
}

// is marks the rows of one level with 1.
func (t table) is(name, level string) []float64 {
	out := make([]float64, len(t[name]))
	for i, s := range t[name] {
		if s == level {
			out[i] = 1
		}
	}
	return out
}

func (t table) where(name, level string) Domain {
	mask := make([]bool, len(t[name]))
	for i, s := range t[name] {
		mask[i] = s == level
	}
	return Where(mask)
}

func design(t testing.TB, s Sample) *Design {
	t.Helper()
	d, err := NewDesign(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func reference(t testing.TB) map[string]any {
	t.Helper()
	b, err := os.ReadFile("testdata/survey_reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// near demands relative agreement; a reference of zero demands |got| ≤ tol.
func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > tol*max(math.Abs(want), 1e-300) && math.Abs(got-want) > tol*1e-3 {
		t.Errorf("%s = %.12g, want %.12g (relative error %.2g)", what, got, want, math.Abs(got/want-1))
	}
}

package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

func inventedTables(t *testing.T) []Dataset {
	t.Helper()
	cb := codebook.Default()
	tables, err := Datasets(inventedAnalysis(cb), Options{Codebook: cb, Curriculum: inventedCurriculum()})
	if err != nil {
		t.Fatal(err)
	}
	if len(tables) < 60 {
		t.Fatalf("only %d tables", len(tables))
	}
	return tables
}

// Every table says the same as CSV, as JSON and as Parquet, read back by other readers than ours.
func TestEveryFormHoldsTheSame(t *testing.T) {
	tables := inventedTables(t)
	doc, err := TablesJSON(2026, tables)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Tables []struct{ Rows [][]any }
	}
	if err := json.Unmarshal(doc, &read); err != nil {
		t.Fatal(err)
	}
	for i := range tables {
		s := &tables[i]
		want := printed(s.Rows)
		if got := printedJSON(read.Tables[i].Rows); !slices.Equal(got, want) {
			t.Errorf("%s: JSON differs: %s", s.Name, firstDifference(got, want))
		}
		if got := fromCSV(t, s); !slices.Equal(got, want) {
			t.Errorf("%s: CSV differs: %s", s.Name, firstDifference(got, want))
		}
		if got := fromParquet(t, s); !slices.Equal(got, want) {
			t.Errorf("%s: Parquet differs: %s", s.Name, firstDifference(got, want))
		}
	}
}

// printed is rows as lines; nil is the empty cell.
func printed(rows [][]any) []string {
	var out []string
	for _, r := range rows {
		line := make([]string, len(r))
		for i, v := range r {
			switch v := v.(type) {
			case string:
				line[i] = v
			case int64:
				line[i] = fmt.Sprint(v)
			case float64:
				line[i] = precise(v)
			}
		}
		out = append(out, strings.Join(line, " | "))
	}
	return out
}

func printedJSON(rows [][]any) []string {
	for _, r := range rows {
		for i, v := range r {
			if f, ok := v.(float64); ok && precise(f) == fmt.Sprint(int64(f)) {
				r[i] = int64(f)
			}
		}
	}
	return printed(rows)
}

func fromCSV(t *testing.T, s *Dataset) []string {
	t.Helper()
	data := s.CSV()
	if !bytes.HasPrefix(data, []byte(bom)) {
		t.Errorf("%s: no byte-order mark", s.Name)
	}
	records, err := csv.NewReader(bytes.NewReader(data[len(bom):])).ReadAll()
	if err != nil || len(records[0]) != len(s.Columns) {
		t.Fatalf("%s: %d columns, %v", s.Name, len(records[0]), err)
	}
	var out []string
	for _, r := range records[1:] {
		for i := range r {
			r[i] = strings.TrimPrefix(r[i], "'")
		}
		out = append(out, strings.Join(r, " | "))
	}
	return out
}

func fromParquet(t *testing.T, s *Dataset) []string {
	t.Helper()
	data, err := s.Parquet()
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range f.Schema().Columns() {
		if c[0] != s.Columns[i].Key {
			t.Fatalf("%s: column %d is %v, want %s", s.Name, i, c, s.Columns[i].Key)
		}
	}
	if title, _ := f.Lookup("title"); title != s.Title.Both() {
		t.Errorf("%s: titled %q", s.Name, title)
	}
	reader := parquet.NewReader(f)
	defer reader.Close()
	var out []string
	for {
		row := make([]parquet.Row, 1)
		n, err := reader.ReadRows(row)
		if n > 0 {
			out = append(out, parquetLine(row[0], s.Columns))
		}
		if errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func parquetLine(row parquet.Row, columns []DatasetColumn) string {
	line := make([]string, len(columns))
	for _, v := range row {
		switch {
		case v.IsNull():
		case columns[v.Column()].Kind == NumberKind:
			line[v.Column()] = precise(v.Double())
		case columns[v.Column()].Kind == IntKind:
			line[v.Column()] = fmt.Sprint(v.Int64())
		default:
			line[v.Column()] = string(v.ByteArray())
		}
	}
	return strings.Join(line, " | ")
}

func firstDifference(got, want []string) string {
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			return fmt.Sprintf("row %d: got %q, want %q", i, at2(got, i), want[i])
		}
	}
	return fmt.Sprintf("%d rows, want %d", len(got), len(want))
}

func at2(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}

// What is withheld carries no number into any table, not even how many answered where they were few.
func TestTablesWithhold(t *testing.T) {
	withheld := 0
	for _, s := range inventedTables(t) {
		for i, c := range s.Columns {
			if !strings.HasSuffix(c.Key, "flag") || i < 6 {
				continue
			}
			for _, r := range s.Rows {
				flag, _ := r[i].(string)
				if !strings.HasPrefix(flag, "withheld") {
					continue
				}
				withheld++
				most := i
				if demand.Flag(flag) == demand.WithheldPrecision {
					most = i - 2 // it may say how many answered
				}
				for _, v := range r[i-6 : most] {
					if v != nil {
						t.Errorf("%s: %s beside %v", s.Name, flag, r[i-6:i])
						break
					}
				}
			}
		}
	}
	if withheld < 50 {
		t.Errorf("only %d figures are withheld: the fixture shows nothing", withheld)
	}
}

// Every published figure stands once in the long table, under an address that can be traced.
func TestFiguresStandOnce(t *testing.T) {
	seen := map[string]bool{}
	figures := inventedTables(t)[0]
	for _, r := range figures.Rows {
		at := r[0].(string)
		if _, ok := gap.ParseAddress(at); !ok || seen[at] {
			t.Errorf("%s is no address, or stands twice", at)
		}
		seen[at] = true
	}
	if len(seen) < 1000 {
		t.Errorf("only %d figures", len(seen))
	}
}

// Texts that a spreadsheet would take for a formula are texts in CSV; typed numbers stay numbers.
func TestFormulasAreInert(t *testing.T) {
	s := Dataset{Name: "x", Columns: []DatasetColumn{{"text", same("text"), TextKind}, {"number", same("number"), NumberKind}}}
	for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"} {
		s.Rows = append(s.Rows, []any{text, -1.5})
	}
	records, err := csv.NewReader(bytes.NewReader(s.CSV()[len(bom):])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records[1:] {
		if r[0] != "'"+strings.ReplaceAll(s.Rows[i][0].(string), "\r", "") /* which the writer drops */ || r[1] != "-1.5" {
			t.Errorf("%q came out as %q", s.Rows[i], r)
		}
	}
}

// The document has the keys of its schema and no other, and the schema is JSON.
func TestTablesFollowTheirSchema(t *testing.T) {
	type object struct {
		Required             []string
		AdditionalProperties *bool
		Properties           map[string]json.RawMessage
	}
	var schema struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(TablesSchema), &schema); err != nil {
		t.Fatal(err)
	}
	data, err := TablesJSON(2026, inventedTables(t)[:2])
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	follows := func(name string, o object, v map[string]any) {
		if o.AdditionalProperties == nil || *o.AdditionalProperties || len(v) != len(o.Properties) || len(o.Required) != len(o.Properties) {
			t.Errorf("%s has %d keys, the schema %d", name, len(v), len(o.Properties))
		}
		for key := range v {
			if o.Properties[key] == nil {
				t.Errorf("%s has the key %s, which is not in the schema", name, key)
			}
		}
	}
	table := doc["tables"].([]any)[1].(map[string]any)
	follows("document", schema.object, doc)
	follows("table", schema.Defs["table"], table)
	follows("column", schema.Defs["column"], table["columns"].([]any)[0].(map[string]any))
	follows("text", schema.Defs["text"], table["title"].(map[string]any))
	if !bytes.Contains(schema.Properties["format"], []byte(tablesFormat)) {
		t.Errorf("the schema is of another form than %s", tablesFormat)
	}
}

// The same analysis gives the same bytes in every form.
func TestTablesAreTheSameAgain(t *testing.T) {
	one, two := inventedTables(t), inventedTables(t)
	for i := range one {
		if !bytes.Equal(one[i].CSV(), two[i].CSV()) {
			t.Errorf("%s: other CSV", one[i].Name)
		}
		p, err := one[i].Parquet()
		q, err2 := two[i].Parquet()
		if err != nil || err2 != nil || !bytes.Equal(p, q) {
			t.Errorf("%s: other Parquet (%v, %v)", one[i].Name, err, err2)
		}
	}
}

// A Parquet file that is cut short is no Parquet file.
func TestCutParquetIsRefused(t *testing.T) {
	data, err := inventedTables(t)[1].Parquet()
	if err != nil {
		t.Fatal(err)
	}
	half := data[:len(data)/2]
	if _, err := parquet.OpenFile(bytes.NewReader(half), int64(len(half))); err == nil {
		t.Error("half a file was read")
	}
}

package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// csvTable is a CSV file in memory; every row remembers its line.
type csvTable struct {
	name   string
	header []string
	rows   [][]string
	lines  []int
}

// readCSV reads a whole UTF-8 CSV file with a header; "-" is standard input.
func readCSV(cmd *cobra.Command, path string) (*csvTable, error) {
	data, err := readInput(cmd, path)
	if err != nil {
		return nil, bilingual("读不到数据文件 "+path, "cannot read "+path+": "+err.Error())
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, bilingual(path+" 不是 UTF-8 文本；请另存为「CSV UTF-8」", path+" is not UTF-8 text; save it as CSV UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	t := &csvTable{name: path}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bilingual(path+" 不是正确的 CSV", path+" is not proper CSV: "+err.Error())
		}
		line, _ := r.FieldPos(0)
		if err := t.take(row, line); err != nil {
			return nil, err
		}
	}
	if len(t.rows) == 0 {
		return nil, bilingual(path+" 没有数据行", path+" holds no rows of data")
	}
	return t, nil
}

func readInput(cmd *cobra.Command, path string) ([]byte, error) {
	if path == "-" {
		return io.ReadAll(cmd.InOrStdin())
	}
	return os.ReadFile(path)
}

// take adds the header or one row.
func (t *csvTable) take(row []string, line int) error {
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	if t.header == nil {
		t.header = row
		for i, h := range row {
			if slices.Contains(row[:i], h) {
				return bilingual(fmt.Sprintf("列名重复：%s", h), fmt.Sprintf("column name given twice: %s", h))
			}
		}
		return nil
	}
	if len(row) != len(t.header) {
		return bilingual(
			fmt.Sprintf("%s 第 %d 行有 %d 格，表头有 %d 格", t.name, line, len(row), len(t.header)),
			fmt.Sprintf("line %d has %s, the header %d", line, codebook.Count(len(row), "cell"), len(t.header)))
	}
	t.rows = append(t.rows, row)
	t.lines = append(t.lines, line)
	return nil
}

// column finds a column by its name; an unknown one is a usage error that
// lists the known ones.
func (t *csvTable) column(name string) (int, error) {
	at := slices.Index(t.header, name)
	if at < 0 {
		known := strings.Join(t.header, ", ")
		return 0, usageError(
			fmt.Sprintf("%s 没有「%s」列；有：%s", t.name, name, known),
			fmt.Sprintf("%s has no column %q; it has: %s", t.name, name, known))
	}
	return at, nil
}

// isMissing reports a cell that holds no answer.
func isMissing(cell string) bool { return cell == "" || cell == "NA" || strings.EqualFold(cell, "NaN") }

// decimal reads a number as spreadsheets and R write it: no hexadecimal, no 1_000, nothing endless.
func decimal(cell string) (v float64, ok bool) {
	v, err := strconv.ParseFloat(cell, 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) && !strings.ContainsAny(cell, "_xX")
}

// cellError names a cell that cannot be used.
func (t *csvTable) cellError(row int, column, zh, en string) error {
	cell := t.rows[row][slices.Index(t.header, column)]
	return bilingual(
		fmt.Sprintf("%s 第 %d 行（第 %d 个数据行）「%s」列的 %q %s", t.name, t.lines[row], row+1, column, cell, zh),
		fmt.Sprintf("line %d (data row %d), column %s: %q %s", t.lines[row], row+1, column, cell, en))
}

// numbers reads a column of numbers; missing cells are NaN, or an error where
// every row needs a value.
func (t *csvTable) numbers(name string, needed bool) ([]float64, error) {
	at, err := t.column(name)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(t.rows))
	for i, row := range t.rows {
		if isMissing(row[at]) {
			if needed {
				return nil, t.cellError(i, name, "缺少数值", "is missing, a number is needed")
			}
			out[i] = math.NaN()
			continue
		}
		v, ok := decimal(row[at])
		if !ok {
			return nil, t.cellError(i, name, "不是数值（类别变量请用 --stat proportion）", "is not a number (for categories use --stat proportion)")
		}
		out[i] = v
	}
	return out, nil
}

// levels numbers the values of one or several columns in sorted order; rows
// with a missing value get -1. Numbers sort as numbers.
func (t *csvTable) levels(names ...string) (codes []int32, values [][]string, err error) {
	at := make([]int, len(names))
	for k, name := range names {
		if at[k], err = t.column(name); err != nil {
			return nil, nil, err
		}
	}
	keys := make([][]string, len(t.rows))
	for i, row := range t.rows {
		for _, c := range at {
			if isMissing(row[c]) {
				keys[i] = nil
				break
			}
			keys[i] = append(keys[i], row[c])
		}
		if keys[i] != nil {
			values = append(values, keys[i])
		}
	}
	slices.SortFunc(values, compareLevels)
	values = slices.CompactFunc(values, slices.Equal)
	codes = make([]int32, len(t.rows))
	for i, k := range keys {
		codes[i] = -1
		if k != nil {
			n, _ := slices.BinarySearchFunc(values, k, compareLevels)
			codes[i] = int32(n)
		}
	}
	return codes, values, nil
}

func compareLevels(a, b []string) int { return slices.CompareFunc(a, b, compareCells) }

// compareCells puts numbers in their order before words in theirs; cells that
// differ only in writing (1 and 1.0) stay apart.
func compareCells(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil:
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// identifiers is levels for a column of the design, where nothing may be missing.
func (t *csvTable) identifiers(name string) ([]int32, error) {
	codes, _, err := t.levels(name)
	if err != nil {
		return nil, err
	}
	if i := slices.Index(codes, -1); i >= 0 {
		return nil, t.cellError(i, name, "缺失；分层与抽样单位每行必填", "is missing; strata and units are needed in every row")
	}
	return codes, nil
}

package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// campaignBooks are workbooks as a campaign hands them in: one template, other content in each.
func campaignBooks(b *testing.B, n int) [][]byte {
	filler, cb := mustFiller(b, "visit"), codebook.Default()
	books := make([][]byte, n)
	for i := range books {
		v := inventedVisit(cb, 3+i%5)
		v.Enterprise.Name = fmt.Sprintf("虚构企业%04d有限公司", i)
		data, err := filler.Visit(v)
		if err != nil {
			b.Fatal(err)
		}
		books[i] = data
	}
	return books
}

// smallBooks are workbooks of three sheets with styles and validations, 240 cells, as
// excelize writes them from scratch.
func smallBooks(b *testing.B, n int) [][]byte {
	books := make([][]byte, n)
	for i := range books {
		f := excelize.NewFile()
		code := "yyyy-mm-dd"
		box, err1 := f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}, Alignment: &excelize.Alignment{WrapText: true}})
		day, err2 := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err1 != nil || err2 != nil {
			b.Fatal(err1, err2)
		}
		for s := range 3 {
			smallSheet(b, f, fmt.Sprintf("表%d", s+1), i, box, day)
		}
		var buf bytes.Buffer
		if err := f.DeleteSheet("Sheet1"); err != nil {
			b.Fatal(err)
		}
		if err := f.Write(&buf); err != nil {
			b.Fatal(err)
		}
		books[i] = buf.Bytes()
	}
	return books
}

func smallSheet(b *testing.B, f *excelize.File, name string, seed, box, day int) {
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	_, err := f.NewSheet(name)
	must(err)
	for r := 1; r <= 8; r++ {
		for c := 1; c <= 10; c++ {
			cell := a1(r, c)
			switch {
			case c < 4:
				must(f.SetCellStr(name, cell, fmt.Sprintf("文本 %d-%d", seed*r, c)))
			case c == 4:
				must(f.SetCellInt(name, cell, int64(46000+seed+r)))
				must(f.SetCellStyle(name, cell, cell, day))
				continue
			default:
				must(f.SetCellInt(name, cell, int64((r*c+seed)%5+1)))
			}
			must(f.SetCellStyle(name, cell, cell, box))
		}
	}
	for k := range 8 {
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%c5:%c200", 'C'+k, 'C'+k)
		dv.SetInput("提示", "请填写 1–5 的整数")
		must(dv.SetDropList([]string{"1", "2", "3", "4", "5"}))
		must(f.AddDataValidation(name, dv))
	}
}

// Each benchmark is given per workbook; the ratios between them are what counts.
func BenchmarkRead(b *testing.B) {
	for _, set := range []struct {
		name  string
		books [][]byte
	}{{"visits", campaignBooks(b, 50)}, {"small", smallBooks(b, 50)}} {
		b.Run(set.name+"/qianqi", func(b *testing.B) {
			r := NewReader(codebook.Default(), Limits{})
			overBooks(b, set.books, func(data []byte) error {
				book, _, err := r.Read("a.xlsx", data)
				if book == nil {
					b.Fatal("refused")
				}
				return err
			})
		})
		b.Run(set.name+"/qianqi-nothing-known", func(b *testing.B) {
			r := NewReader(codebook.Default(), Limits{})
			overBooks(b, set.books, func(data []byte) error {
				r.verified = verifiedParts{}
				_, _, err := r.Read("a.xlsx", data)
				return err
			})
		})
		b.Run(set.name+"/inflate-only", func(b *testing.B) { overBooks(b, set.books, inflateOnly()) })
		b.Run(set.name+"/excelize-rows-raw", func(b *testing.B) { overBooks(b, set.books, excelizeRows) })
	}
}

func overBooks(b *testing.B, books [][]byte, read func([]byte) error) {
	for _, data := range books {
		if err := read(data); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if err := read(books[n%len(books)]); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

// inflateOnly inflates every part with one klauspost decoder and looks at nothing.
func inflateOnly() func([]byte) error {
	src := bytes.NewReader(nil)
	dec := flate.NewReader(src)
	buf := make([]byte, 1<<20)
	return func(data []byte) error {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return err
		}
		for _, f := range z.File {
			at, err := f.DataOffset()
			if err != nil {
				return err
			}
			src.Reset(data[at : at+int64(f.CompressedSize64)])
			if err := dec.(flate.Resetter).Reset(src, nil); err != nil {
				return err
			}
			if _, err := io.ReadFull(dec, buf[:f.UncompressedSize64]); err != nil {
				return err
			}
		}
		return nil
	}
}

func excelizeRows(data []byte) error {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		return err
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.Rows(sheet)
		if err != nil {
			return err
		}
		for rows.Next() {
			if _, err := rows.Columns(excelize.Options{RawCellValue: true}); err != nil {
				return err
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkInflate(b *testing.B) {
	var d inflater
	var z archive
	lim := DefaultLimits()
	buf := make([]byte, 1<<20)
	overBooks(b, campaignBooks(b, 10), func(data []byte) error {
		if z.readDirectory(data, &lim) != nil || z.locate() != nil {
			b.Fatal("refused")
		}
		for i := range z.entries {
			if e := &z.entries[i]; e.method == methodDeflate && !d.inflate(buf, int(e.usize), e.body) {
				b.Fatal("refused")
			}
		}
		return nil
	})
}

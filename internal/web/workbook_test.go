package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// filler writes visit workbooks; it is made once, since the template takes a while.
var filler = sync.OnceValues(func() (*workbook.Filler, error) {
	blank, err := workbook.WriteTemplate(codebook.Default(), "visit", workbook.TemplateOptions{Year: 2026, Brief: true})
	if err != nil {
		return nil, err
	}
	return workbook.NewFiller(codebook.Default(), blank)
})

// invented are visits that serve as raw material.
var invented = sync.OnceValue(func() *sample.Campaign {
	return sample.New(codebook.Default(), sample.Options{Year: 2026, Visits: 64, Seed: 7})
})

// aVisit is a sound visit of a member of faculty, number n.
func aVisit(staff string, n int) survey.Visit {
	v := invented().Visit(n % 64).Visit
	v.Year, v.Day = 2026, survey.Day(fmt.Sprintf("2026-05-%02d", 1+n%28))
	v.Faculty = survey.Faculty{ID: staff, Name: "样例" + staff, Department: "通信系"}
	v.CoVisitors = nil
	v.Enterprise.Name = fmt.Sprintf("示例第%d号网络有限公司", n)
	v.Enterprise.USCC = ""
	return v
}

// aBook is a visit as a workbook; overrides spoil it.
func aBook(t testing.TB, v survey.Visit, overrides ...workbook.Override) []byte {
	t.Helper()
	f, err := filler()
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Visit(v, overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// badDate is an override that no check lets pass.
var badDate = workbook.Override{Sheet: "visit", Field: "visit_date", Text: "哪天来着"}

type file struct {
	name string
	data []byte
}

// hand uploads files the way a browser does.
func (v *visitor) hand(files ...file) reply {
	v.s.t.Helper()
	kind, body := form(v.s.t, files...)
	return v.send("/upload", kind, bytes.NewReader(body))
}

// handOne uploads one file and returns the address of its check.
func (v *visitor) handOne(name string, data []byte) string {
	v.s.t.Helper()
	got := v.hand(file{name, data}).want(v.s.t, http.StatusSeeOther)
	if !strings.HasPrefix(got.location(), "/uploads/") {
		v.s.t.Fatalf("led to %s", got.location())
	}
	return got.location()
}

// take uploads and confirms one file and returns the address of its receipt.
func (v *visitor) take(name string, data []byte) string {
	v.s.t.Helper()
	check := v.handOne(name, data)
	got := v.post(check+"/confirm").want(v.s.t, http.StatusSeeOther)
	path, _, _ := strings.Cut(got.location(), "?")
	if !strings.HasPrefix(path, "/receipts/") {
		v.s.t.Fatalf("confirming led to %s: %s", got.location(), v.get(got.location()).text())
	}
	return path
}

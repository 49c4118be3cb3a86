package sample

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Mess is a way in which people write what a strict reader would not expect.
type Mess string

// The kinds of mess. All but the last are read as the same answers.
const (
	Tidy        Mess = ""
	FullWidth   Mess = "full_width"   // ２０ for 20
	TextDate    Mess = "text_date"    // 2026年3月5日 as text
	BlankRows   Mess = "blank_rows"   // blank rows between jobs
	SalaryRange Mess = "salary_range" // 8k-12k in one cell, 1-1.5万/月 in another
	ScoreSuffix Mess = "score_suffix" // 5分
	Separators  Mess = "separators"   // several choices joined by other marks, spaces around words
	WrongCell   Mess = "wrong_cell"   // a rating of 9: rejected with one error
)

var messes = []Mess{FullWidth, TextDate, BlankRows, SalaryRange, ScoreSuffix, Separators, WrongCell}

// Override is the raw text that stands in place of one answer, or blank rows before a record. Its
// shape is that of the workbook room's type of the same name.
type Override struct {
	Sheet      string // key of the sheet, e.g. "jobs"
	Row        int    // index of the record, from 0
	Field      codebook.FieldID
	Competency codebook.CompetencyID
	Text       string // raw text of the cell; "" empties it
	Number     bool   // stored as a number
	Blank      int    // leave so many blank rows before this record; Field is then not used
}

// messOf says how visit i is written: each kind of mess once a campaign, in a campaign of some size.
func (c *Campaign) messOf(i int) Mess {
	n := c.Options.Visits
	if n < 2*len(messes) {
		return Tidy
	}
	for k, m := range messes {
		if i == (2*k+1)*n/(2*len(messes)) {
			return m
		}
	}
	return Tidy
}

// overrides writes a visit messily. It may round answers of the visit to what the text can say.
func (c *Campaign) overrides(m Mess, v *survey.Visit) []Override {
	var out []Override
	switch m {
	case FullWidth:
		out = append(out,
			job(0, "headcount", "", fullWidth(strconv.Itoa(v.Jobs[0].Headcount.Value))),
			job(1, "experience_years", "", fullWidth(strconv.Itoa(int(v.Jobs[1].Experience.Value)))+"　"))
	case TextDate:
		out = append(out, answer("visit_date", chineseDate(v.Day)))
	case BlankRows:
		out = append(out, Override{Sheet: "jobs", Row: 1, Blank: 2})
	case SalaryRange:
		out = salaryRanges(v)
	case ScoreSuffix:
		r := v.Jobs[0].Ratings
		out = append(out,
			job(0, "importance", r[0].Competency, strconv.Itoa(r[0].Importance.Value)+"分"),
			job(0, "required_level", r[1].Competency, strconv.Itoa(r[1].Required.Value)+".0"))
	case Separators:
		out = append(out,
			answer("ecosystems", strings.Join(c.names("ecosystem", v.Enterprise.Ecosystems), " ；")),
			answer("enterprise_size", "\u00a0"+c.cb.Name("enterprise_size", v.Enterprise.Size).ZH+" "))
	case WrongCell:
		out = append(out, Override{Sheet: "jobs", Field: "required_level", Competency: v.Jobs[0].Ratings[0].Competency, Text: "9", Number: true})
	}
	return c.formAsks(out)
}

func answer(field codebook.FieldID, text string) Override {
	return Override{Sheet: "visit", Field: field, Text: text}
}

func job(row int, field codebook.FieldID, competency codebook.CompetencyID, text string) Override {
	return Override{Sheet: "jobs", Row: row, Field: field, Competency: competency, Text: text}
}

// formAsks keeps the overrides of fields that the codebook's visit form asks.
func (c *Campaign) formAsks(all []Override) []Override {
	form, ok := c.cb.Form("visit")
	if !ok {
		return nil
	}
	var out []Override
	for _, o := range all {
		sheet, ok := form.Sheet(o.Sheet)
		if !ok {
			continue
		}
		if _, ok := sheet.Field(o.Field); ok || o.Blank > 0 {
			out = append(out, o)
		}
	}
	return out
}

func (c *Campaign) names(vocabulary string, codes []string) []string {
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = c.cb.Name(vocabulary, code).ZH
	}
	return out
}

// salaryRanges writes the first job's range in thousands and the second's in ten thousands, the
// upper cell left empty.
func salaryRanges(v *survey.Visit) []Override {
	setSalary(&v.Jobs[0], 8000, 12000)
	setSalary(&v.Jobs[1], 10000, 15000)
	return []Override{
		job(0, "salary_min", "", "8k-12k"), job(0, "salary_max", "", ""),
		job(1, "salary_min", "", "1-1.5万/月"), job(1, "salary_max", "", ""),
	}
}

func setSalary(j *survey.Job, low, high int) {
	j.SalaryMin, j.SalaryMax = survey.Have(low), survey.Have(high)
}

// fullWidth writes digits the way a Chinese input method does when left in full-width mode.
func fullWidth(digits string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, digits)
}

// chineseDate writes 2026-03-05 as 2026年3月5日.
func chineseDate(day survey.Day) string {
	parts := strings.Split(string(day), "-")
	if len(parts) != 3 {
		return string(day)
	}
	return parts[0] + "年" + strings.TrimPrefix(parts[1], "0") + "月" + strings.TrimPrefix(parts[2], "0") + "日"
}

package workbook

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// cellText is the most a cell can hold, in UTF-16 units.
const cellText = 32767

// written is the content of one cell to be filled in: nothing, a text or a number.
type written struct {
	text   string
	number float64
	kind   writtenKind
}

type writtenKind uint8

const (
	writtenNone writtenKind = iota
	writtenText
	writtenNumber
	writtenDigits // text holds the digits of a number exactly as they are to be stored
)

func textCell(s string) written {
	if s == "" {
		return written{}
	}
	return written{text: s, kind: writtenText}
}

func numberCell(v float64) written { return written{number: v, kind: writtenNumber} }

// dateCell writes a day as Excel counts it, days from 30 December 1899.
func dateCell(day time.Time) written {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	return numberCell(float64(day.UTC().Truncate(24*time.Hour).Sub(epoch) / (24 * time.Hour)))
}

// multiple joins several choices of one cell.
const multiple = "、"

// answerCell turns an answer into what stands in its cell. It takes what a survey.Visit holds and
// plain Go values: strings (codes for coded fields), numbers, booleans, survey.Day, time.Time,
// survey.Answer, slices of codes, and survey.Certificate. An unknown code stands as it is.
func answerCell(cb *codebook.Codebook, f *codebook.Field, v any) (written, error) {
	switch v := v.(type) {
	case nil:
		return written{}, nil
	case string:
		return stringCell(cb, f, v), nil
	case survey.Day:
		return stringCell(cb, f, string(v)), nil
	case time.Time:
		return dateCell(v), nil
	case int:
		return numberCell(float64(v)), nil
	case float64:
		return numberCell(v), nil
	case bool:
		return textCell(boolItems[map[bool]int{true: 0, false: 1}[v]]), nil
	case survey.Answer[int]:
		return measured(cb, float64(v.Value), v.Status), nil
	case survey.Answer[float64]:
		return measured(cb, v.Value, v.Status), nil
	case []string:
		return textCell(strings.Join(choiceNames(cb, f, v), multiple)), nil
	case []codebook.ProgrammeID:
		return answerCell(cb, f, plainCodes(v))
	case []survey.Certificate:
		return textCell(strings.Join(certificateNames(cb, v), multiple)), nil
	}
	return textVariant(cb, f, v)
}

// textVariant takes the named string types of the codebook.
func textVariant(cb *codebook.Codebook, f *codebook.Field, v any) (written, error) {
	switch v := v.(type) {
	case codebook.ProgrammeID:
		return stringCell(cb, f, string(v)), nil
	case codebook.FamilyID:
		return stringCell(cb, f, string(v)), nil
	case codebook.CompetencyID:
		return stringCell(cb, f, string(v)), nil
	case codebook.TrackID:
		return stringCell(cb, f, string(v)), nil
	case codebook.LadderID:
		return stringCell(cb, f, string(v)), nil
	}
	return written{}, fmt.Errorf("field %s cannot hold a %T", f.Key, v)
}

func plainCodes[T ~string](codes []T) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = string(c)
	}
	return out
}

// stringCell writes a text as the field stores it: a coded value as its choice, a day as a
// date, digits of a numeric field as a number.
func stringCell(cb *codebook.Codebook, f *codebook.Field, s string) written {
	if s == "" {
		return written{}
	}
	switch f.Type {
	case codebook.TypeCode:
		return textCell(choiceOf(cb, f.Vocabulary, s))
	case codebook.TypeCodes, codebook.TypeCerts:
		return textCell(strings.Join(choiceNames(cb, f, []string{s}), multiple))
	case codebook.TypeDate:
		if day, ok := dayOf(s); ok {
			return dateCell(day)
		}
	case codebook.TypeInt, codebook.TypeNumber, codebook.TypeYear, codebook.TypeMoney, codebook.TypeLevel:
		if v, err := strconv.ParseFloat(s, 64); err == nil && strconv.FormatFloat(v, 'f', -1, 64) == s {
			return numberCell(v)
		}
	}
	return textCell(s)
}

// measured writes a known value as a number and a missing one by the codebook's word for it.
func measured(cb *codebook.Codebook, v float64, status survey.Status) written {
	if status == survey.Given {
		return numberCell(v)
	}
	return textCell(missingWord(cb, status))
}

var missingStatus = map[survey.Status]string{
	survey.Unknown: "unknown", survey.NotApplicable: "not_applicable", survey.Refused: "refused",
}

func missingWord(cb *codebook.Codebook, status survey.Status) string {
	want, asked := missingStatus[status]
	for _, m := range cb.Missing {
		if asked && m.Status == want {
			return m.Word
		}
	}
	return ""
}

// choiceNames are the Chinese names of several coded values; identifiers stand as they are.
func choiceNames(cb *codebook.Codebook, f *codebook.Field, codes []string) []string {
	vocabulary := f.Vocabulary
	if f.Type == codebook.TypeCerts {
		vocabulary = "certificates"
	}
	out := make([]string, len(codes))
	for i, code := range codes {
		out[i] = code
		if vocabulary != "" {
			out[i] = cb.Name(vocabulary, code).ZH
		}
	}
	return out
}

func certificateNames(cb *codebook.Codebook, certs []survey.Certificate) []string {
	out := make([]string, len(certs))
	for i, c := range certs {
		if c.Level == "" {
			out[i] = cb.Name("tracks", string(c.Track)).ZH
			continue
		}
		out[i] = cb.Name("certificates", string(c.Track)+"/"+string(c.Level)).ZH
	}
	return out
}

// appendCell writes one cell as XML. Texts stand inline, so that the shared strings of the
// template stay untouched.
func appendCell(b []byte, row, col int, style []byte, w written) []byte {
	b = append(b, `<c r="`...)
	b = append(b, survey.ColumnName(col)...)
	b = strconv.AppendInt(b, int64(row), 10)
	b = append(b, '"')
	if len(style) > 0 {
		b = append(b, ` s="`...)
		b = append(b, style...)
		b = append(b, '"')
	}
	switch w.kind {
	case writtenNone:
		return append(b, "/>"...)
	case writtenNumber:
		b = append(b, "><v>"...)
		b = strconv.AppendFloat(b, w.number, 'f', -1, 64)
		return append(b, "</v></c>"...)
	case writtenDigits:
		b = append(b, "><v>"...)
		b = appendXMLText(b, w.text)
		return append(b, "</v></c>"...)
	}
	b = append(b, ` t="inlineStr"><is><t`...)
	if strings.TrimSpace(w.text) != w.text || strings.Contains(w.text, "\n") {
		b = append(b, ` xml:space="preserve"`...)
	}
	b = append(b, '>')
	b = appendXMLText(b, w.text)
	return append(b, "</t></is></c>"...)
}

// appendXMLText escapes a text for a cell. Characters that XML cannot hold are written the way
// spreadsheets do, as _x0007_; a text that looks like such an escape is escaped itself.
func appendXMLText(b []byte, s string) []byte {
	for i, r := range s {
		switch {
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r == '_' && looksEscaped(s[i:]):
			b = append(b, "_x005F_"...)
		case r == '\r':
			b = append(b, "_x000D_"...)
		case r < 0x20 && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			b = fmt.Appendf(b, "_x%04X_", r)
		default:
			b = append(b, string(r)...)
		}
	}
	return b
}

func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	for _, c := range []byte(s[2:6]) {
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}

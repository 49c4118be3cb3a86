package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// A column is given as a pointer to the field that holds it: the driver reads through it when a
// row is written and writes through it when a row is read, so the two can never disagree. The
// types below do so for fields that are no plain column.

// jsonList is a list in one column, as a JSON array.
type jsonList[T any] struct{ list *[]T }

func listOf[T any](list *[]T) jsonList[T] { return jsonList[T]{list} }

// Value writes the list; nil is the empty list.
func (l jsonList[T]) Value() (driver.Value, error) {
	if len(*l.list) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(*l.list)
	return string(text), err
}

// Scan reads the list; the empty list is nil.
func (l jsonList[T]) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("store: %T is no list", src)
	}
	*l.list = nil
	if text == "[]" {
		return nil
	}
	return json.Unmarshal([]byte(text), l.list)
}

// statusWords says why an answer is missing. A blank needs no word.
var statusWords = map[survey.Status]string{
	survey.Unknown: "unknown", survey.NotApplicable: "not_applicable", survey.Refused: "refused",
}

func statusOf(word string) survey.Status {
	for s, w := range statusWords {
		if w == word {
			return s
		}
	}
	return survey.Blank
}

// answerValue is the value of an answer in a column; missing is NULL.
type answerValue[T int | float64] struct{ answer *survey.Answer[T] }

func valueOf[T int | float64](a *survey.Answer[T]) answerValue[T] { return answerValue[T]{a} }

// Value writes the value or NULL.
func (v answerValue[T]) Value() (driver.Value, error) {
	if !v.answer.Known() {
		return nil, nil
	}
	return driver.DefaultParameterConverter.ConvertValue(v.answer.Value)
}

// Scan reads the value; NULL leaves a blank.
func (v answerValue[T]) Scan(src any) error {
	var n sql.Null[T]
	if err := n.Scan(src); err != nil {
		return err
	}
	*v.answer = survey.Answer[T]{}
	if n.Valid {
		*v.answer = survey.Have(n.V)
	}
	return nil
}

// answerReason is the column beside it: why the value is missing, where that was said. It is
// read after the value.
type answerReason[T int | float64] struct{ answer *survey.Answer[T] }

func reasonOf[T int | float64](a *survey.Answer[T]) answerReason[T] { return answerReason[T]{a} }

// Value writes the reason or NULL.
func (r answerReason[T]) Value() (driver.Value, error) {
	if word := statusWords[r.answer.Status]; word != "" {
		return word, nil
	}
	return nil, nil
}

// Scan reads the reason.
func (r answerReason[T]) Scan(src any) error {
	if word, ok := src.(string); ok {
		r.answer.Status = statusOf(word)
	}
	return nil
}

// missingWords gathers the reasons of several answers of one row: "employees=refused,…"; NULL
// where every missing answer is simply blank.
type missingWords []named

type named struct {
	field  string
	status *survey.Status
}

// Value writes the reasons.
func (m missingWords) Value() (driver.Value, error) {
	var parts []string
	for _, n := range m {
		if word := statusWords[*n.status]; word != "" {
			parts = append(parts, n.field+"="+word)
		}
	}
	if parts == nil {
		return nil, nil
	}
	return strings.Join(parts, ","), nil
}

// Scan reads the reasons; it comes after the values.
func (m missingWords) Scan(src any) error {
	text, _ := src.(string)
	for _, part := range strings.Split(text, ",") {
		field, word, _ := strings.Cut(part, "=")
		for _, n := range m {
			if n.field == field {
				*n.status = statusOf(word)
			}
		}
	}
	return nil
}

// certificates are a job's certificates in one column: ["track/level", …].
type certificates struct{ list *[]survey.Certificate }

// Value writes the list.
func (c certificates) Value() (driver.Value, error) {
	texts := make([]string, len(*c.list))
	for i, x := range *c.list {
		texts[i] = string(x.Track) + "/" + string(x.Level)
	}
	return listOf(&texts).Value()
}

// Scan reads the list.
func (c certificates) Scan(src any) error {
	var texts []string
	if err := listOf(&texts).Scan(src); err != nil {
		return err
	}
	*c.list = nil
	for _, text := range texts {
		track, level, _ := strings.Cut(text, "/")
		*c.list = append(*c.list, survey.Certificate{Track: codebook.TrackID(track), Level: codebook.LadderID(level)})
	}
	return nil
}

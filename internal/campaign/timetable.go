package campaign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Timetable says when a batch is due: every day, every week on a day (1 is Monday), every month on
// a day, every year on a date, at a time of day of the machine.
type Timetable struct {
	Every string // day, week, month or year
	On    string // "" for a day; 1 to 7; 1 to 28; 01-31 to 12-31
	At    string // 15:04
}

// ErrTimetable says what is wrong with a timetable.
type ErrTimetable struct{ ZH, EN string }

// Error says it in both languages.
func (e *ErrTimetable) Error() string { return e.ZH + "\n" + e.EN }

// defaultOn is the day where none is named: Monday, the first, the last of the year.
var defaultOn = map[string]string{"day": "", "week": "1", "month": "1", "year": "12-31"}

// NewTimetable checks a timetable and fills in what was left open.
func NewTimetable(every, on, at string) (Timetable, error) {
	t := Timetable{every, on, at}
	fallback, known := defaultOn[every]
	if !known {
		return t, &ErrTimetable{fmt.Sprintf("“%s”不是周期；可选 day week month year", Printable(every)), fmt.Sprintf("%q is no period; it is day, week, month or year", every)}
	}
	if t.On == "" {
		t.On = fallback
	}
	if _, err := time.Parse("15:04", at); err != nil || len(at) != 5 {
		return t, &ErrTimetable{fmt.Sprintf("时刻应写成 02:30，得到 “%s”", Printable(at)), fmt.Sprintf("the time of day is written 02:30, got %q", at)}
	}
	return t, t.checkDay()
}

// checkDay refuses days that some weeks, months or years do not have.
func (t Timetable) checkDay() error {
	n, err := strconv.Atoi(t.On)
	switch {
	case t.Every == "day" && t.On == "",
		t.Every == "week" && err == nil && n >= 1 && n <= 7,
		t.Every == "month" && err == nil && n >= 1 && n <= 28:
		return nil
	case t.Every == "year":
		if _, err := time.Parse(time.DateOnly, "2025-"+t.On); err == nil { // 2025 has no leap day
			return nil
		}
	}
	return &ErrTimetable{
		fmt.Sprintf("“%s”不是每个周期都有的日子；每周写 1–7，每月写 1–28，每年写 12-31（不含 02-29），每天不写", Printable(t.On)),
		fmt.Sprintf("%q is not a day of every period: weeks have 1 to 7, months 1 to 28, years 01-01 to 12-31 without 02-29, days none", t.On)}
}

// String writes a timetable as ParseTimetable reads it: "day 02:30", "year 12-31 02:30".
func (t Timetable) String() string {
	return strings.Join(strings.Fields(t.Every+" "+t.On+" "+t.At), " ")
}

// ParseTimetable reads what String wrote.
func ParseTimetable(text string) (Timetable, error) {
	words := strings.Fields(text)
	switch len(words) {
	case 2:
		return NewTimetable(words[0], "", words[1])
	case 3:
		return NewTimetable(words[0], words[1], words[2])
	}
	return Timetable{}, &ErrTimetable{fmt.Sprintf("“%s”不是时间表，应写成“day 02:30”或“year 12-31 02:30”", Printable(text)), fmt.Sprintf("%q is no timetable; write it as \"day 02:30\" or \"year 12-31 02:30\"", text)}
}

// LastDue is the latest moment at or before now at which the batch was due, by the clock on the
// wall where now is.
func (t Timetable) LastDue(now time.Time) time.Time {
	at, _ := time.Parse("15:04", t.At)
	on := func(y int, m time.Month, d int) time.Time {
		return time.Date(y, m, d, at.Hour(), at.Minute(), 0, 0, now.Location())
	}
	y, m, d := now.Date()
	n, _ := strconv.Atoi(t.On)
	var candidates []time.Time
	switch t.Every {
	case "week":
		d -= (int(now.Weekday()) - n + 7) % 7
		candidates = []time.Time{on(y, m, d), on(y, m, d-7)}
	case "month":
		candidates = []time.Time{on(y, m, n), on(y, m-1, n)}
	case "year":
		date, _ := time.Parse("01-02", t.On)
		candidates = []time.Time{on(y, date.Month(), date.Day()), on(y-1, date.Month(), date.Day())}
	default:
		candidates = []time.Time{on(y, m, d), on(y, m, d-1)}
	}
	i := slices.IndexFunc(candidates, func(due time.Time) bool { return !due.After(now) })
	return candidates[max(i, 0)]
}

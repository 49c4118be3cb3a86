package survey

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// DateFault says why a text is no certain day.
type DateFault uint8

const (
	DateFine       DateFault = iota
	DateUnreadable           // nothing like a date
	DateImpossible           // 2026-02-30
	DateAmbiguous            // 3/4/26: which is the year, the month, the day?
	DateNoYear               // 3月5日, and the campaign's year is not known
	DateIncomplete           // 2026年3月
)

// ParseDate reads a day as people write it: 2026-03-05, 2026/3/5, 2026.3.5, 20260305,
// 2026年3月5日, 二〇二六年三月五日, with a time or weekday behind it; 3月5日 takes the given
// year when it is not 0. It never guesses between two readings.
func ParseDate(text string, year int) (Day, string, DateFault) {
	s := dateOnly(squeezeDate(text))
	if isISO(s) && s == text {
		d, fault := makeDay(atoi(s[:4]), atoi(s[5:7]), atoi(s[8:]))
		return d, "", fault
	}
	switch {
	case strings.Contains(s, "月"):
		return chineseDate(s, year)
	case len(s) == 8 && digitsOnly(s):
		d, fault := makeDay(atoi(s[:4]), atoi(s[4:6]), atoi(s[6:]))
		return d, HowTextDate, fault
	}
	return separatedDate(s)
}

// squeezeDate narrows a text and keeps one blank, the mark between a day and its time.
func squeezeDate(text string) string {
	s := narrow(text)
	s = strings.ReplaceAll(s, "T", " ")
	for _, mark := range []string{"年", "月", "日", "号", "/", "-", "."} {
		s = strings.ReplaceAll(s, mark+" ", mark)
		s = strings.ReplaceAll(s, " "+mark, mark)
	}
	return s
}

// dateOnly drops what follows the day: a time, a weekday, 上午, the closing 日.
func dateOnly(s string) string {
	for _, mark := range []string{"日", "号"} {
		head, tail, found := strings.Cut(s, mark)
		if found && !endsInWeek(head) && timeOrWeekday(tail) {
			return head
		}
	}
	if head, tail, found := strings.Cut(s, " "); found && timeOrWeekday(tail) {
		return head
	}
	for _, mark := range []string{"星期", "周", "(", "上午", "下午"} {
		if at := strings.Index(s, mark); at > 0 && timeOrWeekday(s[at:]) {
			return strings.TrimSpace(s[:at])
		}
	}
	return s
}

// endsInWeek reports whether the 日 behind a text is a Sunday's: 星期日, 周日, (日).
func endsInWeek(s string) bool {
	return strings.HasSuffix(s, "星期") || strings.HasSuffix(s, "周") || strings.HasSuffix(s, "(")
}

// timeOrWeekday reports whether a text says nothing but weekdays, parts of the day and times of the day. A number
// that is no hour by what stands behind it (点, a colon, pm) may be a second day, and so is none of them.
func timeOrWeekday(s string) bool { return behindDay().MatchString(s) }

// behindDay takes what may stand behind a day: (星期四), 周日, 上午9点半, 14:30:00.000, 3 pm, +08:00, Z.
var behindDay = sync.OnceValue(func() *regexp.Regexp {
	const (
		weekday = `(?:星期|周)[一二三四五六日天1-7]|\([一二三四五六日天]\)`
		part    = `上午|下午|中午|晚上|am|pm|AM|PM`
		hour    = `(?:[01]?[0-9]|2[0-4]|[一二三四五六七八九十]{1,3})`
		minute  = `[0-5]?[0-9]`
		clock   = hour + `(?:[:点时](?:半|` + minute + `(?:分|:` + minute + `(?:\.[0-9]+)?)?)?| ?(?:am|pm|AM|PM))`
		zone    = `Z|\+[0-9]{1,2}(?::?[0-9]{2})?`
	)
	return regexp.MustCompile(`^(?:[ ()]*(?:` + weekday + `|` + part + `|` + clock + `|` + zone + `))*[ ()]*$`)
})

func isISO(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && digitsOnly(s[:4]) && digitsOnly(s[5:7]) && digitsOnly(s[8:])
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// atoi reads a short run of digits; anything else is -1, which is no part of any date.
func atoi(s string) int {
	if !digitsOnly(s) || len(s) > 5 {
		return -1
	}
	n, _ := strconv.Atoi(s)
	return n
}

// chineseDate reads [year年]month月[day].
func chineseDate(s string, year int) (Day, string, DateFault) {
	how := HowTextDate
	y, rest, hasYear := strings.Cut(s, "年")
	if !hasYear {
		rest = s
	}
	m, d, _ := strings.Cut(rest, "月")
	month, day := dateNumber(m), dateNumber(d)
	switch {
	case d == "" && month >= 1 && month <= 12:
		return "", "", DateIncomplete
	case month < 0 || day < 0:
		return "", "", DateUnreadable
	case hasYear:
		if year = yearNumber(y); year < 0 {
			return "", "", DateUnreadable
		}
	case year == 0:
		return "", "", DateNoYear
	default:
		how = HowYearAdded
	}
	out, fault := makeDay(year, month, day)
	return out, how, fault
}

// dateNumber reads a month or a day in either kind of digits; -1 is neither.
func dateNumber(s string) int {
	if n := atoi(s); n >= 0 {
		return n
	}
	if n, ok := chineseNumeral(s); ok {
		return n
	}
	return -1
}

// yearNumber reads 2026, 26 and 二〇二六.
func yearNumber(s string) int {
	n := atoi(s)
	if n < 0 {
		n = 0
		for _, r := range s {
			d, ok := chineseDigit(string(r))
			if !ok {
				return -1
			}
			n = 10*n + d
		}
	}
	if len(s) == 2 && n < 100 {
		return 2000 + n
	}
	if n < 1900 || n > 2100 {
		return -1
	}
	return n
}

// separatedDate reads three numbers between equal separators.
func separatedDate(s string) (Day, string, DateFault) {
	sep := strings.IndexAny(s, "-/.年")
	if sep < 0 {
		return "", "", DateUnreadable
	}
	mark := s[sep : sep+1]
	parts := strings.Split(s, mark)
	if len(parts) == 2 {
		return partialDate(parts)
	}
	if len(parts) != 3 || atoi(parts[0]) < 0 || atoi(parts[1]) < 0 || atoi(parts[2]) < 0 {
		return "", "", DateUnreadable
	}
	a, b, c := atoi(parts[0]), atoi(parts[1]), atoi(parts[2])
	switch {
	case len(parts[0]) == 4:
		d, fault := makeDay(a, b, c)
		return d, HowTextDate, fault
	case len(parts[2]) == 4:
		return dayMonth(a, b, c)
	}
	return "", "", DateAmbiguous
}

// partialDate tells 2026-03 (a day is missing) from 3-5 (a year is missing) and from a number.
func partialDate(parts []string) (Day, string, DateFault) {
	a, b := atoi(parts[0]), atoi(parts[1])
	switch {
	case a >= 1900 && a <= 2100 && b >= 1 && b <= 12:
		return "", "", DateIncomplete
	case a >= 1 && a <= 31 && b >= 1 && b <= 31:
		return "", "", DateAmbiguous
	}
	return "", "", DateUnreadable
}

// dayMonth reads 25/3/2026 and 3/25/2026, of which only one reading is a day; 3/4/2026 has two.
func dayMonth(a, b, year int) (Day, string, DateFault) {
	dm, faultDM := makeDay(year, b, a)
	md, faultMD := makeDay(year, a, b)
	switch {
	case faultDM == DateFine && faultMD == DateFine && dm != md:
		return "", "", DateAmbiguous
	case faultDM == DateFine:
		return dm, HowTextDate, DateFine
	}
	return md, HowTextDate, faultMD
}

func makeDay(y, m, d int) (Day, DateFault) {
	if y < 1900 || y > 2100 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return "", DateImpossible
	}
	var b [10]byte
	put(b[0:4], y)
	b[4] = '-'
	put(b[5:7], m)
	b[7] = '-'
	put(b[8:10], d)
	return Day(b[:]), DateFine
}

func put(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// serialDay reads an unformatted number as a day: a serial of the 1900 system, or 20260305.
// Only days of this century are taken; anything else is more likely another number.
func serialDay(v float64) (Day, string, bool) {
	if v != float64(int(v)) {
		return "", "", false
	}
	switch n := int(v); {
	case n >= 36526 && n < 73415: // 2000-01-01 … 2100-12-31
		t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n)
		return Day(t.Format(time.DateOnly)), HowSerial, true
	case n >= 20000101 && n <= 21001231:
		d, fault := makeDay(n/10000, n/100%100, n%100)
		return d, HowTextDate, fault == DateFine
	}
	return "", "", false
}

// Year returns the year of a day; 0 for no day.
func (d Day) Year() int {
	if len(d) < 4 {
		return 0
	}
	return max(atoi(string(d[:4])), 0)
}

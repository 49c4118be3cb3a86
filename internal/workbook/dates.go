package workbook

import (
	"math"
	"strconv"
	"time"
)

// Bounds of what a serial number can say. In the 1900 system the numbers below 61 are left out on
// purpose: 60 is a day that never was (29 February 1900), so programs disagree on all before it,
// and below 1 there is a time but no day. No visit took place then; it is a number in a cell that
// happens to be formatted as a date.
const (
	firstSerial1900 = 61
	lastSerial1900  = 2958465 // 31 December 9999
	offset1904      = 1462    // days between the two systems
	secondsPerDay   = 24 * 60 * 60
)

// dayZero1900 is the day on which the 1900 system counts 0, for numbers from 61.
var dayZero1900 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serialTime turns a serial number into a moment, to the nearest second. ok is false where it is
// no day between 1 March 1900 (2 January 1904 in the 1904 system) and 31 December 9999.
func serialTime(serial float64, date1904 bool) (t time.Time, ok bool) {
	if date1904 {
		if serial < 1 {
			return time.Time{}, false
		}
		serial += offset1904
	}
	if !(serial >= firstSerial1900 && serial < lastSerial1900+1) {
		return time.Time{}, false
	}
	seconds := int64(math.Round(serial * secondsPerDay))
	return time.Unix(dayZero1900.Unix()+seconds, 0).UTC(), true
}

// timeSerial is the inverse of serialTime.
func timeSerial(t time.Time, date1904 bool) float64 {
	serial := float64(t.Unix()-dayZero1900.Unix()) / secondsPerDay
	if date1904 {
		serial -= offset1904
	}
	return serial
}

var isoLayouts = []string{
	"2006-01-02",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04:05.999999999Z07:00",
	"2006-01-02T15:04",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05",
}

// isoTime reads the text of a t="d" cell. The clock that was written is kept, whatever its zone:
// a visit takes place on the day of the place. Times without a day are refused.
func isoTime(text string) (time.Time, bool) {
	for _, layout := range isoLayouts {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
		return t, t.Year() >= 1900 && t.Year() <= 9999
	}
	return time.Time{}, false
}

// appendMoment writes a day, and its time of day where there is one.
func appendMoment(dst []byte, t time.Time) []byte {
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.AppendFormat(dst, time.DateOnly)
	}
	return t.AppendFormat(dst, time.DateTime)
}

// midnight drops the time of day.
func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// number reads a number as XML Schema writes a double, INF and NaN excepted.
func number(b []byte) (float64, bool) {
	if n, ok := whole(b); ok {
		return float64(n), true
	}
	for _, c := range b {
		switch {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(asString(b), 64)
	return f, err == nil
}

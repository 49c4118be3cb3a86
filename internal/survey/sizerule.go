package survey

import "strings"

// sizeLimits are the least employees of a large, a medium and a small enterprise by the
// statistical standard of 2017 (国统字〔2017〕213号); fewer than the last is micro. alone marks
// the industries that are judged by employees alone.
type sizeLimits struct {
	large, medium, small int
	alone                bool
}

var (
	byDivision = map[string]sizeLimits{
		"51": {200, 20, 5, false}, "52": {300, 50, 10, false},
		"54": {1000, 300, 20, false}, "55": {1000, 300, 20, false}, "56": {1000, 300, 20, false},
		"57": {1000, 300, 20, false}, "58": {1000, 300, 20, false}, "59": {200, 100, 20, false}, "60": {1000, 300, 20, false},
		"61": {300, 100, 10, false}, "62": {300, 100, 10, false},
		"63": {2000, 100, 10, false}, "64": {2000, 100, 10, false}, "65": {300, 100, 10, false},
	}
	bySection = map[string]sizeLimits{
		"B": {1000, 300, 20, false}, "C": {1000, 300, 20, false}, "D": {1000, 300, 20, false},
		"F": {200, 20, 5, false}, "G": {200, 100, 20, false}, "H": {300, 100, 10, false}, "I": {300, 100, 10, false},
		"L": {300, 100, 10, false},
		"M": {300, 100, 10, true}, "N": {300, 100, 10, true}, "O": {300, 100, 10, true}, "Q": {300, 100, 10, true}, "R": {300, 100, 10, true},
	}
)

const sizeOrder = "micro small medium large"

// sizeContradicts tells whether the stated size cannot be true for the stated number of
// employees, and the size that the employees allow. An enterprise must reach every lower limit
// of its size, so it may be smaller than its employees suggest (its revenue decides then) but
// never larger, save where employees are the only measure. Sections whose divisions differ are
// held to the lowest limits.
func sizeContradicts(e *Enterprise) (want string, contradicts bool) {
	limits, ok := byDivision[e.Division]
	if !ok {
		limits, ok = bySection[e.Industry]
	}
	stated := strings.Index(sizeOrder, e.Size)
	if !ok || e.Size == "" || stated < 0 || !e.Employees.Known() {
		return "", false
	}
	switch n := e.Employees.Value; {
	case n >= limits.large:
		want = "large"
	case n >= limits.medium:
		want = "medium"
	case n >= limits.small:
		want = "small"
	default:
		want = "micro"
	}
	allowed := strings.Index(sizeOrder, want)
	return want, stated > allowed || limits.alone && stated != allowed
}

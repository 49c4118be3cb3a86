package survey

import (
	"math"
	"strings"
	"unicode/utf8"
)

// Pay is a monthly wage in yuan as written in one cell: either end may be open.
type Pay struct {
	Low, High Answer[int]
	How       string // HowSalaryRange, HowSalaryOpen, HowSalaryYear, HowNegotiable or a number's
}

// negotiable words say that a wage exists and is not told.
var negotiable = []string{"面议", "薪资面议", "待遇面议", "薪酬面议", "工资面议", "面谈", "negotiable"}

// payWord is what a word beside an amount says of it.
type payWord int

const (
	payNothing payWord = iota
	payYearly
	payMonthly
	payUp   // that much or more
	payDown // that much or less
)

// paySaid is what the words beside a wage say.
type paySaid [payDown + 1]bool

// payWords stand before or behind an amount; a longer word before one that it begins or ends with.
var payWords = []struct {
	says  payWord
	words []string
}{
	{payNothing, []string{"人民币", "rmb", "cny", "￥", "¥", "税前", "薪资", "薪酬", "工资", "/人", "元", "块", "左右", "大约", "约", "(", ")", "/"}},
	{payYearly, []string{"/年", "每年", "一年", "年薪", "/year", "/yr", "p.a.", "年"}},
	{payMonthly, []string{"月薪", "/月", "每月", "一个月", "/month", "/mon", "/m", "月"}},
	{payUp, []string{"及以上", "以上", "起步", "起", "不低于", "不少于", "至少", "≥", ">=", "+", ">"}},
	{payDown, []string{"及以下", "以下", "以内", "不超过", "不高于", "最高", "≤", "<=", "<"}},
}

// Wages by the day or the hour have no certain monthly amount.
var perOther = []string{"/天", "/日", "每天", "日薪", "/小时", "/时", "每小时", "时薪", "/h", "/day", "/hour"}

// ParsePay reads a wage: 8000, 8k-12k, 1-1.5万/月, 10k以上, 20万/年 (divided by twelve),
// 8000-12000元, 面议. ok is false where the meaning is not certain.
func ParsePay(text string) (p Pay, ok bool) {
	s, ok := closeUp(text)
	if !ok {
		return Pay{}, false
	}
	s = strings.ToLower(s)
	for _, w := range negotiable {
		if s == w {
			return Pay{Low: Answer[int]{Status: Unknown}, High: Answer[int]{Status: Unknown}, How: HowNegotiable}, true
		}
	}
	if containsAny(s, perOther) {
		return Pay{}, false
	}
	var said paySaid
	low, high, ok := payRange(bare(cutExtraMonths(s), &said), &said)
	up, down, yearly := said[payUp], said[payDown], said[payYearly]
	if !ok || yearly && said[payMonthly] || up && down || (up || down) && low != high {
		return Pay{}, false
	}
	if yearly {
		low, high = low/12, high/12
	}
	return makePay(low, high, up, down, yearly, text), true
}

// bare takes away the words at either end of a text and notes what they say. A word between digits stays, for
// without it two numbers would read as one.
func bare(s string, said *paySaid) string {
	for {
		before := s
		for _, group := range payWords {
			for _, w := range group.words {
				for rest, cut := cutEnd(s, w); cut; rest, cut = cutEnd(s, w) {
					s, said[group.says] = rest, true
				}
			}
		}
		if s == before {
			return s
		}
	}
}

// cutEnd takes a word from the beginning of a text, or else from its end.
func cutEnd(s, word string) (rest string, cut bool) {
	if rest, cut = strings.CutPrefix(s, word); cut {
		return rest, true
	}
	return strings.CutSuffix(s, word)
}

func makePay(low, high float64, up, down, yearly bool, text string) Pay {
	p := Pay{Low: Have(yuan(low)), High: Have(yuan(high))}
	switch {
	case up:
		p.High, p.How = Answer[int]{}, HowSalaryOpen
	case down:
		p.Low, p.How = Answer[int]{}, HowSalaryOpen
	case low != high:
		p.How = HowSalaryRange
	}
	if yearly {
		p.How = HowSalaryYear
	}
	if _, how, plain := ParseInt(text); p.How == "" && plain {
		p.How = how
	} else if p.How == "" {
		p.How = HowUnit
	}
	return p
}

func yuan(v float64) int { return int(math.Floor(v + 0.5)) }

// cutExtraMonths drops 13薪 and *14薪: a bonus beside the monthly wage, not part of it.
func cutExtraMonths(s string) string {
	at := strings.Index(s, "薪")
	if at <= 0 || s[at-1] < '0' || s[at-1] > '9' {
		return s
	}
	start := at
	for start > 0 && s[start-1] >= '0' && s[start-1] <= '9' {
		start--
	}
	head := strings.TrimRight(s[:start], "*x·×.,(")
	if start == 0 || head == s[:start] {
		return s // 15薪 is no amount with a bonus
	}
	rest := strings.TrimPrefix(s[at+len("薪"):], ")")
	if digitRun([]byte(rest)) > 0 {
		return s // a second amount
	}
	return head + rest
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// payRange reads "8k-12k", "1-1.5万" (the unit of the second end counts for both) or one amount.
func payRange(s string, said *paySaid) (low, high float64, ok bool) {
	for _, sep := range []string{"-", "~", "至", "到"} {
		a, b, found := strings.Cut(s, sep)
		if !found {
			continue
		}
		a, b = bare(a, said), bare(b, said)
		high, unit, ok := amount(b, 0)
		if !ok {
			return 0, 0, false
		}
		low, _, ok = amount(a, unit)
		return low, high, ok && low <= high
	}
	low, _, ok = amount(s, 0)
	return low, low, ok
}

// amount reads one end; unit is the factor to use when it names none itself, 0 for none.
func amount(s string, unit float64) (v, factor float64, ok bool) {
	last, size := utf8.DecodeLastRuneInString(s)
	switch last {
	case 'k', '千':
		s, factor = s[:len(s)-size], 1e3
	case 'w', '万':
		s, factor = s[:len(s)-size], 1e4
	}
	if joined, ok := thousands(s); ok {
		s = joined
	}
	v, err := plainNumber(s)
	if err != nil || v < 0 {
		return 0, 0, false
	}
	if factor == 0 && unit > 0 && v < 1000 {
		return cleanProduct(v, unit), 0, true
	}
	if factor == 0 {
		return v, 0, v < 1e9
	}
	v = cleanProduct(v, factor)
	return v, factor, v < 1e9
}

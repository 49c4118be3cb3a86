package survey

import (
	"cmp"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Key names the visit. A later submission with the same key supersedes the earlier one.
func (v *Visit) Key() VisitKey {
	return VisitKey{
		College: v.College, Year: v.Year, Faculty: v.Faculty.ID,
		Enterprise: EnterpriseKey(v.Enterprise.USCC, v.Enterprise.Name), Day: v.Day,
	}
}

// EnterpriseKey names an enterprise: its unified social credit code where that is valid, else
// "name:" and the whole name without case, width, blanks and punctuation. Nothing is stripped
// from the name: a branch in another city is another establishment.
func EnterpriseKey(uscc, name string) string {
	if code := NormalUSCC(uscc); code != "" && CheckUSCC(code) == USCCFine {
		return code
	}
	key := headerKey(name)
	if key == "" {
		return ""
	}
	return "name:" + key
}

// legalForms are endings that say in which legal form a firm stands, longest first.
var legalForms = []string{
	"股份有限公司", "有限责任公司", "有限公司", "集团公司", "总公司", "分公司", "股份公司", "公司", "集团",
	"coltd", "limited", "ltd", "inc", "corporation", "corp", "company", "llc", "gmbh",
}

// CoreName reduces an organisation's name to what tells it from others: folded, without the
// places at its front and in brackets and without the legal form at its end. region is the code
// of the place that the name itself states, "" for none.
func CoreName(cb *codebook.Codebook, name string) (core, region string) {
	s := codebook.Fold(name)
	s, region = cutRegionBrackets(cb, s)
	s = cutSuffixes(headerKey(s), legalForms)
	s, front := cutRegion(cb, s)
	if front != "" {
		region = front
	}
	if s == "" {
		return headerKey(name), region
	}
	return s, region
}

// cutRegionBrackets drops a bracketed place, （北京）, and keeps other brackets' content.
func cutRegionBrackets(cb *codebook.Codebook, s string) (rest, region string) {
	open := strings.IndexByte(s, '(')
	if open < 0 {
		return s, ""
	}
	closing := strings.IndexByte(s[open:], ')')
	if closing < 0 {
		return s, ""
	}
	inner := s[open+1 : open+closing]
	item, ok := cb.Find("region", inner)
	if !ok && inner != "中国" && inner != "china" {
		return s, ""
	}
	return s[:open] + s[open+closing+1:], item.Code
}

func cutSuffixes(s string, words []string) string {
	for again := true; again; {
		again = false
		for _, w := range words {
			if rest, cut := strings.CutSuffix(s, w); cut && rest != "" {
				s, again = rest, true
			}
		}
	}
	return s
}

// cutRegion drops the longest listed places at the front, where at least two characters remain.
func cutRegion(cb *codebook.Codebook, s string) (rest, region string) {
	for range 2 { // 广东省深圳市…
		runes := []rune(s)
		cut := 0
		for n := min(9, len(runes)-2); n >= 2; n-- {
			if item, ok := cb.Find("region", string(runes[:n])); ok {
				cut, region = n, item.Code
				break
			}
		}
		if cut == 0 {
			return s, region
		}
		s = string(runes[cut:])
	}
	return s, region
}

// Dice is the bigram coefficient of Dice: twice the shared pairs of neighbouring characters
// over all pairs, each pair counted as often as it occurs. A text of one character is its own pair.
func Dice(a, b string) float64 { return diceOf(bigrams(a), bigrams(b)) }

// bigrams is the sorted pairs of neighbouring characters.
func bigrams(s string) []uint64 {
	runes := []rune(s)
	if len(runes) == 1 {
		return []uint64{uint64(runes[0])}
	}
	var out []uint64
	for i := 0; i+1 < len(runes); i++ {
		out = append(out, uint64(runes[i])<<32|uint64(runes[i+1]))
	}
	slices.Sort(out)
	return out
}

func diceOf[T cmp.Ordered](x, y []T) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	shared := 0
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			shared++
			i++
			j++
		case x[i] < y[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(shared) / float64(len(x)+len(y))
}

package survey

import "strings"

// usccAlphabet is the alphabet of GB 32100-2015: no I, O, S, V, Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	usccWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}
	orgWeights  = [8]int{3, 7, 9, 10, 5, 8, 4, 2} // GB 11714
)

// USCCFault says what is wrong with a unified social credit code.
type USCCFault uint8

const (
	USCCFine      USCCFault = iota
	USCCLength              // not 18 characters
	USCCAlphabet            // a character that no code contains
	USCCCheck               // the check character (position 18) does not agree
	USCCOrgDigit            // the GB 11714 digit (position 17) does not agree
	USCCAuthority           // the registering authority or kind (positions 1 and 2) does not exist
)

// CheckUSCC verifies a unified social credit code by GB 32100-2015: 18 characters of its
// alphabet, an authority that exists, the GB 11714 digit of the organisation code in positions
// 9–17 and the check character. The code must be upper case and free of blanks. Real codes in
// the field fail a check now and then, so a fault is for a person to look at.
func CheckUSCC(code string) USCCFault {
	if len(code) != 18 {
		return USCCLength
	}
	sum := 0
	for i := range 17 {
		v := strings.IndexByte(usccAlphabet, code[i])
		if v < 0 {
			return USCCAlphabet
		}
		sum += v * usccWeights[i]
	}
	switch {
	case strings.IndexByte(usccAlphabet, code[17]) < 0:
		return USCCAlphabet
	case usccAlphabet[(31-sum%31)%31] != code[17]:
		return USCCCheck
	case !orgDigitAgrees(code[8:17]):
		return USCCOrgDigit
	case strings.IndexByte("123456789ANY", code[0]) < 0:
		return USCCAuthority
	}
	return USCCFine
}

// orgDigitAgrees checks the ninth character of an organisation code (GB 11714): 11 less the
// weighted sum modulo 11, 10 written X and 11 written 0; letters count 10 to 35.
func orgDigitAgrees(code string) bool {
	sum := 0
	for i := range 8 {
		v := int(code[i] - '0')
		if code[i] >= 'A' {
			v = int(code[i]-'A') + 10
		}
		sum += v * orgWeights[i]
	}
	want := byte('0' + (11-sum%11)%11)
	if (11-sum%11)%11 == 10 {
		want = 'X'
	}
	return code[8] == want
}

// NormalUSCC returns a code as it is stored: half-width capitals without blanks and hyphens.
func NormalUSCC(text string) string {
	return strings.ToUpper(codeFiller.Replace(narrow(text)))
}

// codeFiller takes out of a code what only makes it easier to read.
var codeFiller = strings.NewReplacer(" ", "", "-", "", "\n", "")

package survey

import (
	"strings"
	"testing"
)

// TestPersonalNumbersAreMasked: what a number looks like that is masked, and what looks like it and is not.
func TestPersonalNumbersAreMasked(t *testing.T) {
	for _, c := range []struct{ why, text, want string }{
		{"bare", "电话13800001111，谢谢", "电话***********，谢谢"},
		{"with the country", "+8613812345678", "+*************"},
		{"with the country, from abroad", "0086-13812345678", "0086-***********"},
		{"with the country apart", "+86 138 1234 5678", "+86 *** **** ****"},
		{"joined by hyphens", "人事经理 138-1234-5678。", "人事经理 ***-****-****。"},
		{"joined by blanks, other numbers around", "2026 138 1234 5678 2027", "2026 *** **** **** 2027"},
		{"joined by wide blanks and dashes", "138　1234　5678、139—1234—5678", "***　****　****、***—****—****"},
		{"joined by points", "138.1234.5678", "***.****.****"},
		{"after a number in a list", "1. 138 1234 5678", "1. *** **** ****"},
		{"full-width", "电话１３８１２３４５６７８", "电话***********"},
		{"full-width, joined", "＋８６－１３８－１２３４－５６７８", "＋８６－***－****－****"},
		{"a sign nobody sees between", "138\u200b12345678", "***********"},
		{"in two parts", "138 12345678", "*** ********"},
		{"in two parts, the other way", "1381234-5678", "*******-****"},
		{"in three parts, otherwise", "1381 234 5678 / 1381-2345-678", "**** *** **** / ****-****-***"},
		{"in three parts, with the country", "86 1381 234 5678", "86 **** *** ****"},
		{"two of them", "13812345678/13987654321", "***********/***********"},
		{"an identity number", "11010519491231002X", "******************"},
		{"an identity number in parts", "350102 19900101 123x", "****** ******** ****"},
		{"an identity number in four parts", "350102-1990-0101-1234", "******-****-****-****"},
		{"an identity number, full-width", "１１０１０５１９４９１２３１００２Ｘ", "******************"},
		{"behind a number with a bracket", "1) 1381 234 5678", "1) **** *** ****"},
		{"a landline number", "人事经理 0755-26731234", "人事经理 ****-********"},
		{"of a large city", "010-62345678/02088881234", "***-********/***********"},
		{"of seven digits", "0752-2673123", "****-*******"},
		{"of seven digits, together", "07522673123", "***********"},
		{"its area in brackets", "（0755）26731234、(0755) 26731234、(0755)-26731234", "（****）********、(****) ********、(****)-********"},
		{"its local number in two parts", "0755-2673-1234，0755 2673 1234，0752-267-3123", "****-****-****，**** **** ****，****-***-****"},
		{"with an extension", "0755-26731234-801", "****-********-801"},
		{"a landline with the country", "+86-755-26731234，+86 10 62345678，86-0755-26731234", "+86-***-********，+86 ** ********，86-****-********"},
		{"a landline, full-width", "０７５５－２６７３１２３４", "****－********"},

		{"a landline with the country, together", "电话+8675526731234，0086 1062345678，+86755-26731234，+8620 38761234", "电话+*************，0086 **********，+*****-********，+**** ********"},
		{"with the country, its area in brackets", "+86(20)38761234，+86 (10) 5900 1234，+86(755)26731234，+86（755）2673-1234", "+86(**)********，+86 (**) **** ****，+86(***)********，+86（***）****-****"},
		{"with the country in brackets, its area too", "(86)(755)26731234，+86-(755)-26731234", "(86)(***)********，+86-(***)-********"},
		{"a landline in parts of several kinds", "0755 2673-1234，0755-2673 1234，(0755) 2670-8000", "**** ****-****，****-**** ****，(****) ****-****"},
		{"a landline in parts, with an extension", "0755-2673-1234-801，0755 2673 1234-801", "****-****-****-801，**** **** ****-801"},
		{"a landline in parts before another number", "0755 2673 1234 0755 2673 1235 138 1234 5678 13812345678", "**** **** **** **** **** **** *** **** **** ***********"},
		{"a landline behind a whole number", "20150012 0755 2673 1234", "20150012 **** **** ****"},
		{"a landline in a list", "1. 075526731234 2. 0755-26731234", "1. ************ 2. ****-********"},
		{"a landline of round parts, without doubt", "+86 755 2670-8000，(0755) 2673 1234 801", "+86 *** ****-****，(****) **** **** 801"},
		{"a landline with one round part", "0755 2670-8123，0755-2673 1200，0769-2130 2000", "**** ****-****，****-**** ****，****-**** ****"},
		{"a landline from eight o'clock, by its looks", "0755-2130 1234", "****-**** ****"},

		{"a day and a wage", "2026-0315 5000-8000元", ""},
		{"a code and a wage", "0809 4000-6000元，0809 8000-12000元，0512 4000 6000-8000", ""},
		{"hours and a year, hours and a wage", "0830-2130 2026年，0800-2000 6000元", ""},
		{"hours and hours", "0830-2030 2130-2330", ""},
		{"a coefficient", "系数0.05123456789", ""},
		{"a list of wages", "021 3000 5000 7000", ""},
		{"a list of codes and wages", "1200 0512 3000 5000", ""},
		{"years behind a code", "0809 2025 2026", ""},
		{"a contract", "合同2024-0512-8000-6000，2024-0512-80006000", ""},
		{"brackets behind no country", "20(755)26731234，138(1234)5678，138(1234(5678", ""},
		{"a list that begins with the country's figures", "8620 3000 4000", ""},
		{"a local number alone", "26731234", ""},
		{"a hotline", "400-820-8820", ""},
		{"an area code alone", "0755", ""},
		{"a day and a day", "0305-20260306，0305 2026 0306", ""},
		{"no area code", "0012-26731234，011-62345678", ""},
		{"no local number", "0755-16731234，0755-06731234", ""},
		{"of a large city, too short", "010-6234567", ""},
		{"too long a local number", "0755-267312345，0755-2673-12345", ""},
		{"a decimal of many digits", "0755.26731234，0.755-26731234", ""},
		{"a staff number with noughts before it", "001001234567，0020150012", ""},
		{"parted elsewhere", "07552-6731234，075-526731234", ""},
		{"three numbers after an area code", "0755-26-73-1234", ""},
		{"the area code on another line", "0755\n26731234", ""},
		{"in a list of numbers, its area is none", "3755-26731234", ""},
		{"begins like no mobile number", "编号12345678901", ""},
		{"a credit code", "91350100M000100Y43", ""},
		{"a credit code in parts", "9135 0100 M000 100Y 43", ""},
		{"a credit code of digits that reads like a birthday", "913501199001010508", ""},
		{"a number of twelve digits", "138123456789", ""},
		{"a longer number", "8613812345678901", ""},
		{"wages", "13000-150000", ""},
		{"wages in words", "13000 - 15000元，17000 - 18000元", ""},
		{"a wage of thousands", "13 800 000 - 15 000 000", ""},
		{"years and a count", "1990-2000 150家，1990 2000 150", ""},
		{"a day and a count", "2026-03-05 1500 1600 1700", ""},
		{"counts of a list", "1500 1600 170 1800", ""},
		{"a decimal", "138.12345678", ""},
		{"on two lines", "138\n1234\n5678", ""},
		{"signs of several kinds", "138-1234 5678", ""},
		{"divided by words", "138人，1234家，5678元", ""},
		{"a large number of products", "1500000 2026", ""},
		{"a part number", "1500000-2000-3000", ""},
		{"a network address", "192.168.100.200", ""},
		{"a long chain of digits", strings.Repeat("138", 400), ""},
	} {
		if c.want == "" {
			c.want = c.text
		}
		if got := maskPersonal(c.text); got != c.want {
			t.Errorf("%s: maskPersonal(%q) = %q, want %q", c.why, c.text, got, c.want)
		}
	}
}

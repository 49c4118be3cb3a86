package sample

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// dominantPartner is the number of the enterprise that the college leans on.
const dominantPartner = -1

// enterprise is an invented enterprise: what it tells, and the latent effects behind its ratings.
// It is the same in every year.
type enterprise struct {
	survey.Enterprise
	segment      string
	required     float64   // it asks for more or less than others
	byCompetency []float64 // … and differs by competency
	importance   float64
	lenient      float64 // it sees graduates kinder or harsher than others
	noGraduates  bool    // it employs none of the college's graduates
}

// enterprise invents the enterprise with that number.
func (c *Campaign) enterprise(number int) enterprise {
	r := c.stream(drawEnterprise, number)
	e := enterprise{
		required:    normal(r, 0.24),
		importance:  normal(r, 0.22),
		lenient:     normal(r, 0.2),
		noGraduates: chance(r, 3),
	}
	for range c.model.competencies {
		e.byCompetency = append(e.byCompetency, normal(r, 0.16))
	}
	e.Name = enterpriseName(number)
	e.USCC = uscc(modulo(number, usccNumbers-1))
	e.Division = c.model.industries.pick(r)
	e.Industry = c.section(e.Division)
	e.Size = sizes.pick(r)
	e.Employees = survey.Have(employees(r, e.Industry, e.Division, e.Size))
	e.Ownership = ownerships.pick(r)
	e.Region = c.model.cities.pick(r)
	e.Ecosystems = c.ecosystems(r)
	e.segment = segments.pick(r)
	if chance(r, 5) {
		e.USCC = ""
	}
	if number == dominantPartner {
		c.enlarge(&e)
	}
	c.narrow(&e)
	return e
}

// enlarge makes the dominant partner: large, near, and more demanding than others.
func (c *Campaign) enlarge(e *enterprise) {
	e.USCC = uscc(usccNumbers - 1)
	e.Division = "39"
	e.Industry = c.section(e.Division)
	e.Size, e.Ownership, e.Region = "large", "private", "440300"
	e.Employees = survey.Have(18600)
	e.required, e.lenient, e.noGraduates = 0.35, 0.2, false
	if items := c.cb.Items("ecosystem"); len(items) > 0 {
		e.Ecosystems = []string{items[0].Code}
	}
}

// narrow drops codes that the codebook in use does not have.
func (c *Campaign) narrow(e *enterprise) {
	e.Size = c.known("enterprise_size", e.Size)
	e.Ownership = c.known("ownership", e.Ownership)
	e.Region = c.known("region", e.Region)
	e.segment = c.known("segment", e.segment)
}

// known returns a code if the vocabulary has it, else its first one.
func (c *Campaign) known(vocabulary, code string) string {
	items := c.cb.Items(vocabulary)
	for _, it := range items {
		if it.Code == code {
			return code
		}
	}
	if len(items) == 0 {
		return ""
	}
	return items[0].Code
}

func (c *Campaign) section(division string) string {
	if it, ok := c.cb.Find("industry", division); ok && it.Parent != "" {
		return it.Parent
	}
	return division
}

var (
	sizes      = listed("large", 14, "medium", 27, "small", 45, "micro", 14)
	ownerships = listed("private", 64, "state", 18, "foreign", 9, "joint", 6, "other", 3)
	segments   = listed("enterprise_government", 62, "carrier", 23, "consumer", 15)
)

// listed makes a weighted list of names followed by their weights.
func listed(pairs ...any) weighted[string] {
	var w weighted[string]
	for i := 0; i < len(pairs); i += 2 {
		w.add(pairs[i].(string), pairs[i+1].(int))
	}
	return w
}

// employees draws a head count within the limits that the statistical standard of 2017 sets for
// the size in the enterprise's industry.
func employees(r *rand.Rand, section, division, size string) int {
	bounds := [4]int{10, 100, 300, 6000} // from small, medium, large; end of large
	switch {
	case section == "C" || section == "G":
		bounds = [4]int{20, 300, 1000, 12000}
	case division == "63" || division == "64":
		bounds = [4]int{10, 100, 2000, 15000}
	}
	switch size {
	case "micro":
		return between(r, 3, bounds[0]-1)
	case "small":
		return between(r, bounds[0], bounds[1]-1)
	case "medium":
		return between(r, bounds[1], bounds[2]-1)
	}
	return between(r, bounds[2], bounds[3])
}

// ecosystems draws what an enterprise uses: the first of the vocabulary in more than half.
func (c *Campaign) ecosystems(r *rand.Rand) []string {
	items := c.cb.Items("ecosystem")
	var out []string
	for i, it := range items {
		share := 56.0
		if i > 0 {
			share = 40 / float64(i+1)
		}
		if chance(r, share) && len(out) < 3 {
			out = append(out, it.Code)
		}
	}
	return out
}

// cities are where enterprises stand: Guangdong in seven of ten cases, within and without as the
// postings are spread.
type cities struct{ near, far weighted[string] }

func newCities(cb *codebook.Codebook) cities {
	var out cities
	for _, city := range readPostings().Cities {
		if _, known := cb.Find("region", city.Region); !known {
			continue
		}
		if strings.HasPrefix(city.Region, "44") {
			out.near.add(city.Region, city.Postings)
		} else {
			out.far.add(city.Region, city.Postings)
		}
	}
	return out
}

func (c *cities) pick(r *rand.Rand) string {
	if chance(r, 72) && len(c.near.values) > 0 {
		return c.near.pick(r)
	}
	return c.far.pick(r)
}

// Brand syllables: two words of two syllables each name an enterprise.
var (
	brandFirst  = []rune("云星青瀚澜凌岚沐砚湛朔璟翎")
	brandSecond = []rune("杉樾舟栖峦汀穹棠屿阙岑渚蔚")
	brandThird  = []rune("北南晴初远清安明启和景泽原")
	brandFourth = []rune("辰岸川岭湾径石禾林溪榆序光")
	fields      = []string{"通信", "网络", "信息", "智能", "物联", "数据", "软件", "电子", "云技术", "系统集成", "光电", "安全技术", "数字", "自动化", "互联", "计算"}
)

// enterpriseName names an enterprise by number; numbers below nameNumbers have different names.
func enterpriseName(number int) string {
	if number == dominantPartner {
		return "穹野示例通信集团股份有限公司"
	}
	n := scatterNumber(number, nameNumbers)
	pick := func(of int) int { k := n % of; n /= of; return k }
	a, b := brandFirst[pick(len(brandFirst))], brandSecond[pick(len(brandSecond))]
	field := fields[pick(len(fields))]
	d, e := brandThird[pick(len(brandThird))], brandFourth[pick(len(brandFourth))]
	form := "有限公司"
	if number%9 == 4 {
		form = "股份有限公司"
	}
	return string([]rune{a, b, d, e}) + "示例" + field + form
}

const (
	nameNumbers = 13 * 13 * 13 * 13 * 16
	usccNumbers = 1_000_000
)

// scatterNumber permutes 0 … of-1, so that neighbouring numbers share little.
func scatterNumber(number, of int) int {
	const multiplier = 170_441 // shares no factor with nameNumbers
	return modulo(number, of) * multiplier % of
}

// modulo is number mod of, never negative.
func modulo(number, of int) int { return (number%of + of) % of }

// uscc returns the credit code with a serial number below usccNumbers. Its check characters are
// right (GB 32100-2015, GB 11714); its division 990000 no place has.
func uscc(serial int) string {
	org := fmt.Sprintf("QQ%06d", serial)
	body := "91990000" + org + orgCheck(org)
	return body + usccCheck(body)
}

func orgCheck(org string) string {
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(org[i] - '0')
		if org[i] >= 'A' {
			v = int(org[i]-'A') + 10
		}
		sum += v * w
	}
	return string("0123456789X"[(11-sum%11)%11])
}

func usccCheck(body string) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(alphabet, body[i]) * weight
		weight = weight * 3 % 31
	}
	return string(alphabet[(31-sum%31)%31])
}

package gap

import (
	"math"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// Point is what the methods are computed from: the means of one competency. NaN is "not
// known"; a method that needs it then has no score.
type Point struct {
	Importance  float64 // mean I
	Graduate    float64 // mean O
	PairR       float64 // mean R over jobs that have both R and O
	PairO       float64 // mean O over the same jobs
	Discrepancy float64 // share of jobs O > R minus share O < R, −1 … 1
}

// GrandMeans is the crosshair of the quadrants: the means of importance and graduate level
// over the competencies.
func GrandMeans(points []Point) (importance, graduate float64) {
	n := 0.0
	for _, p := range points {
		if both := p.Importance + p.Graduate; both == both {
			importance += p.Importance
			graduate += p.Graduate
			n++
		}
	}
	return importance / n, graduate / n
}

// Needs scores every competency by a method; the larger, the greater the need. See MethodTexts
// for formulas and sources.
func Needs(m Method, points []Point) []float64 {
	return needs(m, points, make([]float64, len(points)))
}

// needs is Needs into memory that is there already.
func needs(m Method, points []Point, out []float64) []float64 {
	var importance, graduate float64
	if m == ByQuadrant {
		importance, graduate = GrandMeans(points)
	}
	for i, p := range points {
		switch m {
		case ByGap:
			out[i] = p.PairR - p.PairO
		case ByBorich:
			out[i] = (p.PairR - p.PairO) * p.Importance
		case ByDiscrepancy:
			out[i] = -p.Discrepancy
		case ByQuadrant:
			out[i] = (p.Importance - importance) - (p.Graduate - graduate)
		case ByOpportunity:
			out[i] = p.Importance + math.Max(p.Importance-p.Graduate, 0)
		case ByRatio:
			out[i] = -p.PairO / p.PairR
		}
	}
	return out
}

// Places ranks needs, 1 the greatest. Equal needs (to nine digits, so that rounding noise
// decides nothing) share the better place; NaN has place 0.
func Places(needs []float64) []int { return places(needs, make([]int, len(needs))) }

// places is Places into memory that is there already.
func places(needs []float64, out []int) []int {
	for i, v := range needs {
		out[i] = 0
		if v != v {
			continue
		}
		out[i] = 1
		for _, w := range needs {
			if w > v && w-v > 1e-9*math.Max(math.Abs(v), math.Abs(w)) {
				out[i]++
			}
		}
	}
	return out
}

// Quadrants names the quadrant of every point against the grand means.
func Quadrants(points []Point) []Quadrant {
	importance, graduate := GrandMeans(points)
	out := make([]Quadrant, len(points))
	for i, p := range points {
		important, able := p.Importance >= importance, p.Graduate >= graduate
		switch {
		case p.Importance+p.Graduate != p.Importance+p.Graduate:
		case important && !able:
			out[i] = Concentrate
		case important:
			out[i] = KeepUp
		case !able:
			out[i] = LowPriority
		default:
			out[i] = Overkill
		}
	}
	return out
}

// BandOf is the band of a satisfaction ratio.
func BandOf(ratio float64) Band {
	switch {
	case ratio >= 0.90:
		return BandGood
	case ratio >= 0.85:
		return BandMeets
	case ratio >= 0.75:
		return BandSomewhat
	}
	return BandShort
}

// agree compares the rankings of every pair of methods by Kendall's τ-b.
func agree(needs map[Method][]float64) (pairs []Agreement, mean *float64) {
	order := MethodOrder()
	var sum, n float64
	for i, a := range order {
		for _, b := range order[i+1:] {
			tau := estimate.KendallTauB(needs[a], needs[b])
			if math.IsNaN(tau) {
				pairs = append(pairs, Agreement{A: a, B: b})
				continue
			}
			pairs = append(pairs, Agreement{A: a, B: b, Tau: tau, OK: true})
			sum += tau
			n++
		}
	}
	if n == 0 {
		return pairs, nil
	}
	mean = new(sum / n)
	return pairs, mean
}

func say(zh, en string) codebook.Text { return codebook.Text{ZH: zh, EN: en} }

// The ranked discrepancy is a method and a measure, of one name and source.
var discrepancyName = say("等级差异", "Ranked discrepancy")

const discrepancySource = "Narine & Harder 2021, Advancements in Agricultural Development 2(3), 96–111"

// MethodTexts explains every method, in the order they are shown.
func MethodTexts() []MethodText {
	return []MethodText{
		{ByGap, say("表现差距", "Performance gap"), "mean(R − O)",
			"weighted mean over jobs with both ratings; error by Taylor linearisation (Särndal, Swensson & Wretman 1992)",
			say("岗位要求水平减毕业生水平，单位为级。", "Required level minus graduate level, in levels.")},
		{ByBorich, say("Borich 加权差异", "Borich mean weighted discrepancy"), "mean(R − O) × mean(I)",
			"Borich 1980, Journal of Teacher Education 31(3), 39–42",
			say("差距乘以重要程度：同样的差距，越重要越优先。", "The gap times importance: of equal gaps the more important one comes first.")},
		{ByDiscrepancy, discrepancyName, "100 × (share O > R − share O < R)", discrepancySource,
			say("只数方向不数大小：−100 表示所有岗位都认为不足。", "Counts direction, not size: −100 means that every job finds graduates short.")},
		{ByQuadrant, say("重要性—表现象限", "Importance–performance quadrant"), "(I − Ī) − (O − Ō)",
			"Martilla & James 1977, Journal of Marketing 41(1), 77–79; distance from the diagonal through the grand means",
			say("与其他能力相比：重要而表现差的优先。十字线是各能力的总平均。", "Relative to the other competencies: important and weak comes first. The crosshair is the grand means.")},
		{ByOpportunity, say("机会分", "Opportunity score"), "mean(I) + max(mean(I) − mean(O), 0)",
			"Ulwick 2005, What Customers Want; here on the means of the 1–5 scale",
			say("重要程度加上尚未满足的部分。", "Importance plus the part of it that is not met.")},
		{ByRatio, say("满足度", "Satisfaction ratio"), "mean(O) ÷ mean(R)",
			"the measure of MyCOS (麦可思) graduate reports: ≥ 90 % good, 85–90 % basically meets, 75–85 % somewhat short, < 75 % short",
			say("毕业生水平占要求水平的比例，越低越优先。", "Graduate level as a share of the required level; the lowest comes first.")},
	}
}

package sample

import (
	"fmt"
	"math"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// member is one invented member of faculty.
type member struct {
	survey.Faculty
	programme codebook.ProgrammeID
}

var (
	surnames   = []rune("林周沈陆秦顾江苏叶程许宋唐韩傅曾彭吕丁魏")
	givenFirst = []rune("知思景文子一若清书雨嘉亦明乐安")
	givenLast  = []rune("远行舟然宁言澄川禾岚溪棠衡序晗")
)

// member invents the member of faculty with that number, the same in every year. The staff number
// has leading zeros, as real ones do.
func (c *Campaign) member(number int) member {
	r := c.stream(drawFaculty, number)
	pick := func(from []rune) rune { return from[r.IntN(len(from))] }
	name := string([]rune{pick(surnames), pick(givenFirst), pick(givenLast)}) + "（示例）"
	departments := c.cb.Items("department")
	m := member{programme: c.programmeOf(number)}
	m.ID = fmt.Sprintf("%06d", 1013+7*number)
	m.Name = name
	if len(departments) > 0 {
		m.Department = departments[number%min(len(departments), 3)].Name.ZH
	}
	return m
}

// programmeOf spreads the faculty evenly over the programmes by their shares: the golden ratio
// leaves no clumps even among forty.
func (c *Campaign) programmeOf(number int) codebook.ProgrammeID {
	_, u := math.Modf(float64(number+1) * (math.Sqrt(5) - 1) / 2)
	return c.model.shares.at(u)
}

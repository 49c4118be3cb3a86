package sample

import (
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

var (
	trendCounts      = weightedCounts(24, 32, 28, 16)
	suggestionCounts = weightedCounts(40, 42, 18)
)

// trends draws technologies; each has a direction that most enterprises agree on.
func (v *inventing) trends() []survey.Trend {
	items := v.cb.Items("technology")
	var out []survey.Trend
	for n := trendCounts.pick(v.r); n > 0 && len(items) > 0; n-- {
		at := v.r.IntN(len(items))
		t := survey.Trend{Technology: items[at].Name.ZH, Direction: v.direction(at)}
		if horizons := v.cb.Items("horizon"); len(horizons) > 0 && chance(v.r, 80) {
			t.Horizon = horizons[v.r.IntN(len(horizons))].Code
		}
		if chance(v.r, 60) {
			t.Effect = effects[t.Direction][v.r.IntN(2)]
		}
		out = append(out, t)
	}
	return dropRepeated(out, func(t survey.Trend) string { return t.Technology })
}

func (v *inventing) direction(technology int) string {
	usual := "rising"
	switch {
	case technology%7 == 1:
		usual = "falling"
	case technology%4 == 2:
		usual = "steady"
	}
	if chance(v.r, 22) {
		usual = []string{"rising", "steady", "falling"}[v.r.IntN(3)]
	}
	return v.known("direction", usual)
}

var effects = map[string][2]string{
	"rising":  {"相关岗位增加，现有员工需要培训", "新岗位会出现，招聘门槛提高"},
	"steady":  {"岗位数量变化不大", "要求逐步细化"},
	"falling": {"相关岗位减少，人员转岗", "不再单独招聘，由其他岗位兼任"},
}

// dropRepeated keeps the first of several with the same key.
func dropRepeated[T any](list []T, key func(T) string) []T {
	seen := make(map[string]bool, len(list))
	var out []T
	for _, v := range list {
		if !seen[key(v)] {
			seen[key(v)] = true
			out = append(out, v)
		}
	}
	return out
}

// suggestions draws changes to modules of the visit's first programme. Until the plot's decision
// takes effect, enterprises ask for it.
func (v *inventing) suggestions() []survey.Suggestion {
	modules := v.modules(v.visit.Programmes[0])
	var out []survey.Suggestion
	if v.visit.Programmes[0] == v.model.plot.Programme && v.Year < mendedYear && chance(v.r, 45) {
		out = append(out, v.asked(modules))
	}
	for n := suggestionCounts.pick(v.r); n > 0 && len(modules) > 0; n-- {
		m := modules[v.r.IntN(len(modules))]
		kind := v.known("suggestion_kind", suggestionKinds.pick(v.r))
		out = append(out, survey.Suggestion{Module: m.Name.ZH, Kind: kind, Text: suggestionTexts[kind]})
	}
	return dropRepeated(out, func(s survey.Suggestion) string { return s.Module + s.Kind })
}

var (
	suggestionKinds = listed("strengthen", 48, "update", 32, "add", 13, "drop", 7)
	suggestionTexts = map[string]string{
		"strengthen": "建议增加实训学时，用企业真实案例教学",
		"update":     "内容偏旧，建议换用现在在用的版本和工具",
		"add":        "建议单独开设，安排在实习之前",
		"drop":       "岗位上已很少用到，建议并入其他模块",
	}
)

// asked is the suggestion that the plot's decision answers.
func (v *inventing) asked(modules []*curriculum.Module) survey.Suggestion {
	name := v.cb.Name("competencies", string(v.model.plot.Mended)).ZH
	s := survey.Suggestion{Module: name, Kind: v.known("suggestion_kind", "strengthen"), Text: "毕业生" + name + "偏弱，建议增设实战单元"}
	for _, m := range modules {
		if m.Code == v.mendedModule() {
			s.Module = m.Name.ZH
		}
	}
	return s
}

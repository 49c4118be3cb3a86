package report

import (
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// formula is one entry of the methods page.
type formula struct {
	ID      string // anchor; the measure's or method's own name where it has one
	Name    Text
	Formula []string // lines
	Source  string
	Reading Text
}

// methodsPage states every formula with its source.
func (d *desk) methodsPage() *page {
	return &page{
		File: "methods.html", Template: "methods", Title: say("方法", "Methods"), Kicker: say("方法", "Methods"),
		Headline:  say("每个数字怎么算，出自哪里", "How every number is computed, and where the formula comes from"),
		Certainty: []Text{shownLong(d.a.WeightText), d.a.Base.Text()},
		Extra:     methodsExtra{d.symbols(), d.rankings(), estimation(d.a), disclosure(d.a), d.a.Replicates, d.a.Seed},
	}
}

type methodsExtra struct {
	Symbols, Rankings, Estimation, Disclosure []formula
	Replicates                                int
	Seed                                      uint64
}

// rankings are the methods of the analysis, in its own words.
func (d *desk) rankings() []formula {
	var out []formula
	for _, m := range d.a.Methods {
		out = append(out, formula{ID: string(m.Method), Name: shown(m.Name), Formula: []string{plain(m.Formula, 300)}, Source: plain(m.Source, 300), Reading: shownLong(m.Reading)})
	}
	return out
}

// symbols defines what the formulas are written in.
func (d *desk) symbols() []formula {
	return []formula{
		{ID: "symbols", Name: say("记号", "Symbols"), Formula: []string{"e 企业 enterprise (PSU) · h 层 stratum · j 岗位 job", "w_e = N_h / n_h　（无抽样框时 w_e = 1 · without a frame w_e = 1）", "a_j = 计划招聘 planned hires（或 or 人数 headcount, 1）", "I, R, O = 重要度 importance, 要求 required, 现状 graduate level"},
			Reading: d.a.Base.Text()},
		{ID: "importance", Name: measureTexts["importance"], Formula: []string{"mean(I) = Σ w a I ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5 (ratio estimator)", Reading: say("对作答的岗位求加权平均；未答不计。", "A weighted mean over the jobs that answered; missing answers do not enter.")},
		{ID: "required_level", Name: measureTexts["required_level"], Formula: []string{"mean(R) = Σ w a R ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("岗位所需水平的加权平均。", "The weighted mean of the level jobs require.")},
		{ID: "graduate_level", Name: measureTexts["graduate_level"], Formula: []string{"mean(O) = Σ w a O ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("只计有本校毕业生的企业。", "Only over enterprises that have graduates of the school.")},
		{ID: "high_demand_share", Name: measureTexts["high_demand_share"], Formula: []string{"P = Σ w a 1[R ≥ 4] ÷ Σ w a"}, Source: "Lumley 2010, Complex Surveys, ch. 2", Reading: say("加权岗位中要求达到 4 级者的比例。", "The share of weighted jobs that require level 4 or more.")},
		{ID: "openings", Name: say("计划招聘", "Openings"), Formula: []string{"Y = Σ w h，h = 计划招聘人数 planned hires"}, Source: "Särndal, Swensson & Wretman 1992, ch. 2 (Horvitz–Thompson total)", Reading: say("总量，不是均值；没有填写的岗位不计入。", "A total, not a mean; jobs that did not say are left out.")},
		{ID: "breadth", Name: say("有此岗位的企业", "Enterprises with such a job"), Formula: []string{"P = Σ w 1[e 有此岗位 has such a job] ÷ Σ w"}, Source: "Lumley 2010, ch. 2", Reading: say("一家企业计一次，不论有几个岗位。", "An enterprise counts once, however many such jobs it has.")},
		{ID: "salary", Name: say("月薪中值", "Mid salary"), Formula: []string{"mean(S) = Σ w a (低 low + 高 high)/2 ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("取岗位所报薪资区间的中点；不足 8 家企业不公布。", "The middle of the range each job states; withheld below 8 enterprises.")},
		{ID: "coverage_gap", Name: measureTexts["coverage_gap"], Formula: []string{"C = mean(R) − T"}, Reading: say("T 是课程表里本专业对该能力的最高目标水平；T 没有抽样误差。", "T is the highest target level of the programme's curriculum; it has no sampling error.")},
	}
}

// estimation lists how errors, changes and agreement are computed.
func estimation(a *gap.Analysis) []formula {
	return []formula{
		{ID: "linearisation", Name: say("标准误", "Standard errors"), Formula: []string{"z_e = Σ_j∈e w a (y − ȳ) ÷ Σ w a", "V(ȳ) = Σ_h (1 − n_h/N_h) · n_h/(n_h − 1) · Σ_e (z_e − mean_h(z))²"}, Source: "Särndal, Swensson & Wretman 1992; Lumley 2010", Reading: say("泰勒线性化，以企业为初级单元，含分层与有限总体校正；子总体之外的企业以零分计入。", "Taylor linearisation clustered on the enterprise, with strata and finite-population correction; enterprises outside a domain enter with zero score.")},
		{ID: "interval", Name: say("95% 置信区间", "95% confidence interval"), Formula: []string{"ȳ ± t(0.975; df) · SE", "df = min( Σ_h (n_h − 1), m − 1 )"}, Source: "Korn & Graubard 1999, Analysis of Health Surveys, section 5.2", Reading: say("对域内有企业作答的层求和；m 是域内作答的企业数：大设计里的小域不会因此显得精确。比例用 logit 区间。", "Summed over the strata in which an enterprise of the domain answered; m is how many did, so that a small domain of a large design does not look precise. Shares have logit intervals.")},
		{ID: "bootstrap", Name: say("名次区间", "Rank intervals"), Formula: []string{"w*_e = w_e · n_h/(n_h − 1) · r_e", "r_e = 在 n_h − 1 次抽取中被抽中的次数 times drawn in n_h − 1 draws"}, Source: "Rao & Wu 1988, J. Am. Stat. Assoc. 83", Reading: say("分层整群自助 "+itoa(a.Replicates)+" 次，取名次的 2.5% 与 97.5% 分位。", "A stratified cluster bootstrap of "+itoa(a.Replicates)+" replicates; the 2.5 % and 97.5 % points of the rank.")},
		{ID: "change", Name: say("变化", "Change"), Formula: []string{"Δ = ȳ₂ − ȳ₁", "V(Δ) = V(ȳ₂) + V(ȳ₁) − 2 Cov"}, Source: "Särndal, Swensson & Wretman 1992; Sen 1968; Mann 1945", Reading: say("协方差来自两年都走访的企业；四年以上另给 Theil–Sen 斜率与 Mann–Kendall 检验。", "The covariance comes from enterprises visited in both years; from four years on with Theil–Sen slope and Mann–Kendall test.")},
		{ID: "multiplicity", Name: say("多重比较", "Multiplicity"), Formula: []string{"p̃_(i) = min_{k ≥ i} ( m · p_(k) ÷ k )"}, Source: "Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57", Reading: say("同一张表里检验很多格时，控制错误发现率。", "Controls the false discovery rate where many cells of a table are tested.")},
		{ID: "agreement", Name: say("算法一致性", "Agreement of methods"), Formula: []string{"τ_b = (C − D) ÷ √((C + D + T_x)(C + D + T_y))"}, Source: "Kendall 1945, Biometrika 33", Reading: say("两种算法排序的一致程度；1 为完全一致。", "How far two methods agree in their order; 1 is perfect.")},
		{ID: "reliability", Name: say("走访间一致性", "Agreement between visits"), Formula: []string{"α = 1 − D_o ÷ D_e"}, Source: "Krippendorff 2011, Computing Krippendorff's Alpha-Reliability", Reading: say("定序；同一企业由不同教师走访时的一致程度。", "Ordinal; how far visits by different faculty to one enterprise agree.")},
		{ID: "hhi", Name: say("集中度", "Concentration"), Formula: []string{"HHI = Σ (100 s_i)²"}, Source: "Herfindahl 1950; Hirschman 1964, Am. Econ. Rev. 54", Reading: say("0 至 10,000；越高越依赖少数合作方。", "0 to 10,000; the higher, the more rests on few partners.")},
	}
}

// disclosure lists when a figure is not shown.
func disclosure(a *gap.Analysis) []formula {
	k := itoa(a.K)
	return []formula{
		{ID: "threshold", Name: say("样本不足", "Too few enterprises"), Formula: []string{"n_e < " + k}, Source: "Hundepool et al. 2012, Statistical Disclosure Control", Reading: say("少于 "+k+" 家企业的格不予公布，连家数也不给。", "A cell of fewer than "+k+" enterprises is withheld, its count included.")},
		{ID: "dominance", Name: say("一家独大", "Dominance"), Formula: []string{"max_e w_e a_e ÷ Σ w a > " + percent(gap.Dominance, 0)}, Source: "Hundepool et al. 2012", Reading: say("一家企业占权重过高的格不予公布。", "A cell in which one enterprise holds more than that share of the weight is withheld.")},
		{ID: "complement", Name: say("防止反推", "Complementary cells"), Source: "Hundepool et al. 2012", Reading: say("若能由合计相减得出被隐去的格，则再隐去一格。", "Where a withheld cell could be had by subtraction from a total, another is withheld too.")},
		{ID: "precision", Name: say("误差过大", "Precision"), Formula: []string{"均值、比例 means, shares: RSE > 30% 慎用 caution · RSE > 50% 不予公布 withheld", "差距 gaps: SE > 0.3 级 levels 慎用 caution · SE > 0.5 级 levels 不予公布 withheld"}, Source: "National Center for Health Statistics, data presentation standards; O*NET advises against ratings with SE > 0.51", Reading: say("差距可能接近零，相对误差没有意义，故改用以级为单位的绝对界限；MWDS 先除以平均重要度再比，排序差异以 15 与 25 个百分点为界。", "A gap may be near zero, where a relative error says nothing; there the limits are absolute, in levels. MWDS is compared after division by the mean importance, ranked discrepancy with 15 and 25 points.")},
	}
}

// ruleView is one rule of the instrument as the rule page prints it.
type ruleView struct {
	Code     string
	Tag      string
	Severity Text
	Stage    Text
	Title    Text
	Message  Text
	Fix      Text
	Why      Text
	Before   string
	After    string
	Retired  bool
}

var severityTexts = map[codebook.Severity]struct {
	tag  string
	text Text
}{
	codebook.SeverityError:   {"bad", say("错误：不收", "error: not taken")},
	codebook.SeverityWarning: {"mid", say("提醒：收下，请核对", "warning: taken, please check")},
	codebook.SeverityTrial:   {"good", say("试行：收下，规则在试用", "trial: taken, the rule is on probation")},
}

var stageTexts = map[string]Text{
	"file": say("文件", "File"), "form": say("表样", "Form"), "version": say("版本", "Version"), "keys": say("关键字段", "Keys"), "required": say("必填", "Required"),
	"type": say("类型", "Type"), "range": say("取值范围", "Range"), "cross_field": say("字段之间", "Between fields"), "cross_sheet": say("表与表之间", "Between sheets"), "cross_file": say("文件之间", "Between files"),
}

// rulesPage is the rule reference, generated from the same rules that check what is handed in.
func (d *desk) rulesPage() *page {
	groups := d.ruleGroups()
	n := 0
	for _, g := range groups {
		n += len(g.Rules)
	}
	return &page{File: "rules.html", Template: "rules", Title: say("规则", "Rules"), Kicker: say("规则", "Rules"),
		Headline:  say(numeral(n)+"条规则：查什么，怎么改", count(n)+" rules: what is checked, and how to mend it"),
		Certainty: []Text{say("本页与填表说明、批注、回执出自同一份代码本，不会各说各话。", "This page, the instructions, the cell prompts and the returns are made from one codebook, so they cannot contradict each other.")},
		Extra:     groups}
}

type ruleGroup struct {
	ID    string
	Stage Text
	Rules []ruleView
}

func (d *desk) ruleGroups() []ruleGroup {
	var groups []ruleGroup
	at := map[string]int{}
	for _, r := range d.n.cb.Rules {
		i, ok := at[r.Stage]
		if !ok {
			name, known := stageTexts[r.Stage]
			if !known {
				name = same(plain(r.Stage, 40))
			}
			i = len(groups)
			at[r.Stage] = i
			groups = append(groups, ruleGroup{ID: "stage-" + slug(r.Stage), Stage: name})
		}
		s := severityTexts[r.Severity]
		groups[i].Rules = append(groups[i].Rules, ruleView{Code: plain(string(r.Code), 16), Tag: s.tag, Severity: s.text, Stage: groups[i].Stage, Title: shownLong(r.Title),
			Message: shownLong(r.Message), Fix: shownLong(r.Fix), Why: shownLong(r.Why), Before: plain(r.Before, 200), After: plain(r.After, 200), Retired: r.Retired})
	}
	return groups
}

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
	Worked  []string // its result in the worked example
}

// methodsPage states every formula with its source.
func (d *desk) methodsPage() *page {
	e := newExample(d.n.cb)
	return &page{
		File: "methods.html", Template: "methods", Title: say("方法", "Methods"), Kicker: say("方法", "Methods"),
		Headline:  say("每个数字怎么算，出自哪里", "How every number is computed, and where the formula comes from"),
		Certainty: []Text{shownLong(d.a.WeightText), d.a.Base.Text()},
		Extra:     methodsExtra{e, e.under(d.symbols()), e.under(d.rankings()), e.under(estimation(d.a)), e.under(disclosure(d.a)), unaddressed, d.a.Replicates, d.a.Seed},
	}
}

type methodsExtra struct {
	Example                                   *example
	Symbols, Rankings, Estimation, Disclosure []formula
	Unaddressed                               []formula
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
		{ID: "importance", Name: measureName("importance"), Formula: []string{"mean(I) = Σ w a I ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5 (ratio estimator)", Reading: say("对作答的岗位求加权平均；未答不计。", "A weighted mean over the jobs that answered; missing answers do not enter.")},
		{ID: "required_level", Name: measureName("required_level"), Formula: []string{"mean(R) = Σ w a R ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("岗位所需水平的加权平均。", "The weighted mean of the level jobs require.")},
		{ID: "graduate_level", Name: measureName("graduate_level"), Formula: []string{"mean(O) = Σ w a O ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("只计有本校毕业生的企业。", "Only over enterprises that have graduates of the school.")},
		{ID: "high_demand_share", Name: measureName("high_demand_share"), Formula: []string{"P = Σ w a 1[R ≥ 4] ÷ Σ w a"}, Source: "Lumley 2010, Complex Surveys, ch. 2", Reading: say("加权岗位中要求达到 4 级者的比例。", "The share of weighted jobs that require level 4 or more.")},
		{ID: "openings", Name: say("计划招聘", "Openings"), Formula: []string{"Y = Σ w h，h = 计划招聘人数 planned hires"}, Source: "Särndal, Swensson & Wretman 1992, ch. 2 (Horvitz–Thompson total)", Reading: say("总量，不是均值。只计填写了人数的岗位（填 0 也算），企业与岗位数即这些；没有一个岗位填写的域是无数据，不是 0。不加权的和不另印：两数之差会说出少数企业的计划。", "A total, not a mean, over the jobs that say how many (0 is an answer); its enterprises and jobs are those. A domain of which no job says is no data, not 0. The unweighted sum is not printed beside it: the two would differ by what a few enterprises plan.")},
		{ID: "breadth", Name: say("有此岗位的企业", "Enterprises with such a job"), Formula: []string{"P = Σ w 1[e 有此岗位 has such a job] ÷ Σ w"}, Source: "Lumley 2010, ch. 2", Reading: say("一家企业计一次，不论有几个岗位。", "An enterprise counts once, however many such jobs it has.")},
		{ID: "salary", Name: say("月薪中值", "Mid salary"), Formula: []string{"mean(S) = Σ w a (低 low + 高 high)/2 ÷ Σ w a"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("取岗位所报薪资区间的中点；不足 8 家企业不公布。", "The middle of the range each job states; withheld below 8 enterprises.")},
		{ID: "size", Name: say("调研规模", "Size of the survey"), Formula: []string{"N = Σ 1"}, Reading: say("走访、企业、岗位与所答评分的个数，不加权，没有抽样误差。评分缺失 = 1 − 所答 ÷ 所问。", "Visits, enterprises, jobs and ratings given are plain counts, unweighted, without sampling error. Missing ratings are 1 − given ÷ asked.")},
		{ID: "coverage_gap", Name: measureName("coverage_gap"), Formula: []string{"C = mean(R) − T"}, Reading: say("T 是课程表里本专业对该能力的最高目标水平；T 没有抽样误差。", "T is the highest target level of the programme's curriculum; it has no sampling error.")},
	}
}

// estimation lists how errors, changes and agreement are computed.
func estimation(a *gap.Analysis) []formula {
	return []formula{
		{ID: "linearisation", Name: say("标准误", "Standard errors"), Formula: []string{"z_e = Σ_j∈e w a (y − ȳ) ÷ Σ w a", "V(ȳ) = Σ_h (1 − n_h/N_h) · n_h/(n_h − 1) · Σ_e (z_e − mean_h(z))²"}, Source: "Särndal, Swensson & Wretman 1992; Lumley 2010", Reading: say("泰勒线性化，以企业为初级单元，含分层与有限总体校正；子总体之外的企业以零分计入。", "Taylor linearisation clustered on the enterprise, with strata and finite-population correction; enterprises outside a domain enter with zero score.")},
		{ID: "interval", Name: say("95% 置信区间", "95% confidence interval"), Formula: []string{"ȳ ± t(0.975; df) · SE", "df = min( Σ_h (n_h − 1), m − 1 )"}, Source: "Korn & Graubard 1999, Analysis of Health Surveys, section 5.2", Reading: say("对域内有企业作答的层求和；m 是域内作答的企业数：大设计里的小域不会因此显得精确。比例用 logit 区间。", "Summed over the strata in which an enterprise of the domain answered; m is how many did, so that a small domain of a large design does not look precise. Shares have logit intervals.")},
		{ID: "bootstrap", Name: say("名次区间", "Rank intervals"), Formula: []string{"w*_e = w_e · n_h/(n_h − 1) · r_e", "r_e = 在 n_h − 1 次抽取中被抽中的次数 times drawn in n_h − 1 draws"}, Source: "Rao & Wu 1988, J. Am. Stat. Assoc. 83", Reading: say("分层整群自助 "+itoa(a.Replicates)+" 次，取名次的 2.5% 与 97.5% 分位。", "A stratified cluster bootstrap of "+itoa(a.Replicates)+" replicates; the 2.5 % and 97.5 % points of the rank.")},
		{ID: "share_interval", Name: say("比例的区间", "Intervals of shares"), Formula: []string{"logit⁻¹( logit(p) ± t(0.975; df) · SE ÷ (p (1 − p)) )"}, Source: "Korn & Graubard 1999, section 3.3; Clopper & Pearson 1934 at 0 and 1", Reading: say("区间总在 0 与 1 之间；p 为 0 或 1 时取以企业数为试验次数的精确二项界。", "The interval stays between 0 and 1; at 0 or 1 the bound is the exact binomial one for as many trials as enterprises.")},
		{ID: "change", Name: say("变化", "Change"), Formula: []string{"Δ = ȳ₂ − ȳ₁", "V(Δ) = V(ȳ₂) + V(ȳ₁) − 2 Cov"}, Source: "Särndal, Swensson & Wretman 1992", Reading: say("协方差来自两年都走访的企业。", "The covariance comes from enterprises visited in both years.")},
		{ID: "parts", Name: say("变化的分解", "Parts of a change"), Formula: []string{"企业内 within = Δ_same · (s₁ + s₂)/2", "企业间 between = Δ − within"}, Source: "Kitagawa 1955, J. Am. Stat. Assoc. 50", Reading: say("Δ_same 是两年都走访的企业的变化，s 是它们在各年权重中的份额；其余归于走访对象不同。只在一年走访的企业太少时不给。", "Δ_same is the change among enterprises visited in both years, s their share of the weight in each year; the rest is due to different enterprises. Withheld where those visited in one year only are too few.")},
		{ID: "trend", Name: say("四年以上的趋势", "Trend from four years"), Formula: []string{"b = median_{i < k} (y_k − y_i) ÷ (x_k − x_i)", "S = Σ_{i < k} sign(y_k − y_i)"}, Source: "Theil 1950; Sen 1968, J. Am. Stat. Assoc. 63; Mann 1945; Kendall 1975 (ties)", Reading: say("Theil–Sen 斜率与 Mann–Kendall 检验；同一个量的各趋势一并校正 p 值。", "Theil–Sen slope with the test of Mann and Kendall; the p values of all trends of a measure are adjusted together.")},
		{ID: "weights", Name: say("权数", "Weights"), Formula: []string{"w = N_h ÷ n_h"}, Source: "Särndal, Swensson & Wretman 1992, ch. 15 (response homogeneity groups); Deming & Stephan 1940 (raking)", Reading: say("N_h 是名册中该层企业数，n_h 是该层走访到的：拒访与没有联系上的由同层企业代表。只有一家走访的层并入同行业相邻规模的层。用 --rake 时再按行业、规模、省份的总数校准。名册之外的企业只代表自己。", "N_h counts the stratum's enterprises in the roster, n_h those visited: who refused or was not reached is stood for by the same stratum. A stratum with one visit is merged with its neighbour by size. With --rake the weights are then fitted to the totals by industry, size and province. Enterprises outside the roster stand for themselves.")},
		{ID: "lonely", Name: say("只有一家企业的层", "A stratum with one enterprise"), Formula: []string{"V_h = (1 − 1/N_h) · z_e²"}, Source: "Lumley 2010, Complex Surveys (survey.lonely.psu = \"adjust\")", Reading: say("并层之后仍只有一家的，以总均值为中心。", "What is still alone after merging is centred at the overall mean.")},
		{ID: "robust", Name: say("稳健前列", "Robust top"), Formula: []string{"max_m rank_m(c) ≤ k"}, Reading: say("在每一种算法下都排进前三（能力少时为前一半）的能力。名次区间另由自助法给出。", "A competency in the top three (the top half where there are few) under every method. Rank intervals come from the bootstrap.")},
		{ID: "multiplicity", Name: say("多重比较", "Multiplicity"), Formula: []string{"p̃_(i) = min_{k ≥ i} ( m · p_(k) ÷ k )"}, Source: "Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57", Reading: say("同一张表里检验很多格时，控制错误发现率。", "Controls the false discovery rate where many cells of a table are tested.")},
		{ID: "agreement", Name: say("算法一致性", "Agreement of methods"), Formula: []string{"τ_b = (C − D) ÷ √((C + D + T_x)(C + D + T_y))"}, Source: "Kendall 1945, Biometrika 33", Reading: say("两种算法排序的一致程度；1 为完全一致。", "How far two methods agree in their order; 1 is perfect.")},
		{ID: "reliability", Name: say("走访间一致性", "Agreement between visits"), Formula: []string{"α = 1 − D_o ÷ D_e"}, Source: "Krippendorff 2011, Computing Krippendorff's Alpha-Reliability", Reading: say("定序；同一企业由不同教师走访时的一致程度。", "Ordinal; how far visits by different faculty to one enterprise agree.")},
		{ID: "leniency", Name: say("评分宽严", "Leniency"), Formula: []string{"ICC(1) = (MS_b − MS_w) ÷ (MS_b + (n₀ − 1) MS_w)"}, Source: "Shrout & Fleiss 1979, Psychological Bulletin 86; Donner 1986 (unequal groups)", Reading: say("走访间评分差异中，有多少在教师之间；去掉最宽或最严的十分之一再排名。不给姓名。", "How much of the variance between visits lies between faculty; the ranking is then made without the most lenient or severe tenth. Nobody is named.")},
		{ID: "kappa", Name: say("词典与阅读者", "Words and a reader"), Formula: []string{"κ = (p_o − p_e) ÷ (1 − p_e)"}, Source: "Cohen 1960; Fleiss, Cohen & Everitt 1969 (error)", Reading: say("词典匹配与一名阅读者判断的一致程度，见数据质量页。", "How far matched words agree with a reader; see the page on data quality.")},
		{ID: "technologies", Name: say("技术升降", "Technologies"), Formula: []string{"净 net = Σ w (升 rising − 降 falling) ÷ Σ w"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("一家企业计一次；只列 k 家以上提到的。", "An enterprise counts once; only what k enterprises name is listed.")},
		{ID: "growth", Name: say("招聘增长", "Growth of openings"), Formula: []string{"G = g (本年 this year) − g (上年 before)", "g = (Σ w h ÷ Σ w m) · (Σ w n ÷ Σ w)"}, Source: "Särndal, Swensson & Wretman 1992, ch. 5", Reading: say("每家受访企业的计划招聘，两年走访数不同也可比。n 是企业的岗位数，m 是其中填写了人数的：没有填写的岗位不当作 0。", "Planned hires per enterprise visited, so that years with more and fewer visits compare. n counts the jobs of an enterprise, m those that say how many: a job that does not say is not taken for none.")},
		{ID: "benchmark", Name: say("外部参照", "External benchmark"), Formula: []string{"B = Σ b_i ÷ k", "SE(B) = √(Σ SE_i²) ÷ k", "水平 level: 1 + 4 L/7"}, Source: "O*NET database (USDOL/ETA, CC BY 4.0); published intervals are ± 1.96 SE", Reading: say("取所对应职业与技能的平均；来源建议不用的值不计。", "The mean over the occupations and skills it is mapped to; values their source advises against are left out.")},
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
		{ID: "pairs", Name: say("只答一项的岗位", "Jobs that gave one rating"), Source: "Hundepool et al. 2012", Reading: say("要求均值减去差距一侧的要求均值，就是只答要求、未评毕业生的岗位。这些岗位不足 "+k+" 家企业（或一家独大），或能由合计推出时，该格的要求、高要求占比与覆盖差距只取两项都答的岗位，与差距同一口径；毕业生现状同理。数字照常公布，岗位数以格中所列为准；仍能推出时，再隐去两格的水平。跨专业的格里，覆盖差距只含有课程的专业；这些专业或其余专业不足 "+k+" 家企业（或一家独大），或能由各数合起来推出时，隐去该格的覆盖差距；该格的要求均值只取两项都答的岗位时，也一律隐去：只要有一个专业没有课程，大型调研中跨专业的覆盖差距可能大半不显示，各专业自己的照常显示。", "The mean required level less that on the side of the gap is what the jobs answered that name a required level and rate no graduates. Where fewer than "+k+" enterprises stand behind these (or one dominates), or such a rest would follow from the sums, the required level, share of high demand and coverage gap of the cell rest on the jobs that gave both, as the gap does; the graduate level likewise. The figure is shown all the same, with the jobs it rests on; where the rest would follow even so, the levels of two cells are withheld. In a cell of several programmes the coverage gap rests on those that have a curriculum; where fewer than "+k+" enterprises stand behind these or behind the others (or one dominates), or such figures would follow from all that is shown, the coverage gap of the cell is withheld; so it is wherever the required level of the cell rests on the jobs that gave both. Once one programme has no curriculum, a large survey may show few coverage gaps over several programmes; those of each programme are shown as ever.")},
		{ID: "beside", Name: say("表外的数字", "Figures outside the tables"), Source: "Hundepool et al. 2012", Reading: say("月薪要 8 家企业；同一批企业的变化，要求只在一年走访的企业为零或不少于 k 家；去掉最大合作方或部分答卷的重算只给名次；集中度在任何一方可能露底时取整，一家企业独大时不给。少于 k 份文件之差的两份报告不列出变动。规则看数字背后有几家企业，不看比例的分子。", "Salaries need 8 enterprises; a change among the same enterprises needs none or k of those visited in one year only; what is made again without the largest partner or some answers shows ranks only; concentration is rounded where a share could be worked out, and not given over enterprises where one dominates. Two reports that differ by fewer than k files list no changes. The rule looks at the enterprises behind a figure, not at the numerator of a share.")},
		{ID: "earlier", Name: say("前后两份报告", "Two reports on one year"), Source: "Hundepool et al. 2012", Reading: say("两份报告相减，就是其间新来、撤回或改答的企业。全体或某专业相差不到 "+k+" 家（或一家独大）时，新的答案先不进报告，等凑够再一起公布；更小的分组，或一项技术、一个岗位名称相差太少时，隐去这一格。要求、差距与覆盖差距在几份报告里合起来才能推出的，也不给：出新报告时把各份的数字一并求解，仍能推出时隐去新报告的一格。", "Subtracted, two reports show the enterprises that came, went or changed their answers in between. Where fewer than "+k+" lie between them in the whole or a programme, or one dominates, the new answers wait until there are enough; in a smaller subgroup, or on one technology or title, the figure is withheld. So is one from which such answers would follow only by the levels, gaps and coverage gaps of all reports on the year together: a new report is solved jointly with those before it.")},
		{ID: "precision", Name: say("误差过大", "Precision"), Formula: []string{"均值、比例 means, shares: RSE > 30% 慎用 caution · RSE > 50% 不予公布 withheld", "差距 gaps: SE > 0.3 级 levels 慎用 caution · SE > 0.5 级 levels 不予公布 withheld"}, Source: "National Center for Health Statistics, data presentation standards; O*NET advises against ratings with SE > 0.51", Reading: say("差距可能接近零，相对误差没有意义，故改用以级为单位的绝对界限；MWDS 先除以平均重要度再比，等级差异以 15 与 25 个百分点为界。", "A gap may be near zero, where a relative error says nothing; there the limits are absolute, in levels. MWDS is compared after division by the mean importance, ranked discrepancy with 15 and 25 points.")},
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
	Before   Text
	After    Text
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
		Certainty: []Text{say("本页与填表说明、批注、回执出自同一份编码簿，不会各说各话。", "This page, the instructions, the cell prompts and the returns are made from one codebook, so they cannot contradict each other.")},
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
		before, after := r.Example()
		groups[i].Rules = append(groups[i].Rules, ruleView{Code: plain(string(r.Code), 16), Tag: s.tag, Severity: s.text, Stage: groups[i].Stage, Title: shown(r.Title),
			Message: shownLong(r.Message), Fix: shownLong(r.Fix), Why: shownLong(r.Why), Before: shownLong(before), After: shownLong(after), Retired: r.Retired})
	}
	return groups
}

package report

import (
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Every number of a table either has an address that leads to its answers, or its table says here
// where it comes from.
var (
	rankWhence = say("名次、p 值与判断由同一行各数字及其误差算出，算法见方法页", "Ranks, p values and verdicts are computed from the figures of their row and their errors; see the methods page")

	changeWhence = say("变化由两年同一地址的数字相减；企业内、企业间由两年都走访的企业拆出", "A change is the difference of one address in two years; within and between come from the enterprises visited in both")

	movedWhence = say("上次报告的数字见那次运行的存档；与往年相比的，两年各有来处", "What the last report said is in the archive of its run; against an earlier year, the figures of both years are traced")

	programmesWhence = say("家数为有本专业岗位的企业；其余各列由各专业页的判断数出", "Enterprises are those with a job of the programme; the other columns count verdicts of its page")

	enterprisesWhence = say("企业数是该行差距的作答企业数", "Enterprises are those that answered the gap of the row")

	trendsWhence = say("各走访表“趋势”页的行，一家企业计一次；少于 k 家提到的不列", "Rows of the Trends sheets, an enterprise counting once; what fewer than k enterprises name is not listed")

	titlesWhence = say("各走访表“岗位”页的岗位名称，往年没有出现过的", "Job titles of the Jobs sheets that no earlier year had")

	anchorsWhence = say("水平描述出自编码簿，不是调研数字", "The descriptions stand in the codebook; they are no survey figures")

	benchmarkWhence = say("外部数字出自所注来源，不是调研数字；对应表可查可改", "Benchmark figures are from the source named, not from the survey; the mapping is open to view and change")

	dependenceWhence = say("由各走访表的走访、计划招聘与证书要求汇总；为不露出单个企业，不追到单元格", "Summed from the visits, planned hires and certificates of all workbooks; not traced to cells, which would show single enterprises")

	rosterWhence = say("名册工作簿的目标企业与各层企业数，对照已收的走访", "Target enterprises and strata of the roster workbook against the visits accepted")

	screeningWhence = say("逐份走访比对全年已收的走访；迹象的说法见规则页", "Each accepted visit held against all of the year; the signs stand on the rules page")

	ratingsWhence = say("所有已收走访的评分格：有答的与空着的", "All rating cells of the accepted visits, answered or blank")

	twiceWhence = say("被走访两次以上的企业的评分", "The ratings of enterprises visited twice or more")

	textsWhence = say("各走访表“岗位”页的要求文字，按编码簿的词表匹配", "The requirement texts of the Jobs sheets, matched with the words of the codebook")

	lexiconWhence = say("一名阅读者对公开招聘文字的判断，与编码簿的词表对照；不是调研数字", "One reader's judgement of public postings beside the words of the codebook; no survey figures")

	registerWhence = say("提案与决定的记录（decisions 工作簿或 qianqi proposal）；所教取自两年的课程地图", "The record of proposals and decisions (decisions workbooks or qianqi proposal); taught levels from the maps of both years")

	outcomesWhence = say("成果工作簿（outcomes）的行，不是抽样数字，没有误差", "Rows of the outcomes workbook: counts, not estimates, without error")
)

// taughtWhence says which curriculum map the taught levels are from.
func (d *desk) taughtWhence() Text {
	if d.n.plan == nil {
		return say("没有课程地图", "There is no curriculum map")
	}
	v := plain(d.n.plan.Version, 24)
	return say("所教水平、学时与模块取自课程地图 "+v+"，没有抽样误差", "Taught levels, hours and modules are from curriculum map "+v+" and have no sampling error")
}

// houseWhence says what a house of quality and a plan are made from.
func (d *desk) houseWhence() Text {
	t := d.taughtWhence()
	return say("权重由本专业的重要度与要求得出；"+t.ZH, "Weights follow from importance and required levels of the programme; "+t.EN)
}

// openingsAt is the address of the openings of a domain.
func (d *desk) openingsAt(domain demand.Domain) gap.Address {
	return gap.Address{Year: d.a.Year, Domain: domain, Measure: demand.Openings}
}

// growthCell is the change of openings since the year compared with.
func (d *desk) growthCell(p gap.Priority, now gap.Address) cell {
	c := figureCell(p.Growth, 2, withMargin)
	if d.a.Change.Since == 0 {
		return d.from(c, now)
	}
	then := now
	then.Year = d.a.Change.Since
	return d.from(c, now, then)
}

// verdictCells are the figures of a verdict with the addresses they rest on; dashes where there is
// nothing to test.
func (d *desk) verdictCells(v gap.Verdict) (before, after, change, panel cell) {
	if v.From == 0 || v.To == 0 || v.Decision.Competency == "" {
		none := textCell(same("—"))
		return none, none, none, none
	}
	then := gap.Address{Year: v.From, Domain: demand.Domain{Programme: v.Decision.Programme}, Competency: v.Decision.Competency, Measure: demand.PerformanceGap}
	now := then
	now.Year = v.To
	return d.from(figureCell(v.Before, 2, withMargin), then), d.from(figureCell(v.After, 2, withMargin), now),
		d.from(figureCell(v.Change, 2, withMargin), now, then), d.from(figureCell(v.Same, 2, withMargin), now, then)
}

// unaddressed are the kinds of numbers on the pages that lead to no cell, each with its reason. The
// methods page lists them; a number of any other kind is a link to its trace.
var unaddressed = []formula{
	{ID: "whence-year", Name: say("年份与日期", "Years and days"), Reading: say("说的是哪一年的调研、哪一天的决定，不是量出来的。", "They name a survey or the day of a decision; nothing was measured.")},
	{ID: "whence-parameter", Name: say("事先定下的数", "Numbers set beforehand"), Reading: say("置信水平、k、刻度、分档与界限、预算学时：看数据之前就定下，见本页各式与运行参数。", "Confidence, k, the scale, bands and limits, the budget of hours: set before the data were looked at.")},
	{ID: "whence-name", Name: say("名称与编号", "Names and numbers of things"), Reading: say("模块、考试、技术、编码簿、课程地图、提案与决定的名称里的数字。", "Digits in the names of modules, exams, technologies, codebooks, maps, proposals and decisions.")},
	{ID: "whence-count", Name: say("条数", "Counts of rows"), Reading: say("由同页表中的行或判断数出；每行的数字各有来处。", "Counted from rows or verdicts of a table; the figures of each row have addresses.")},
	{ID: "whence-computed", Name: say("由有地址的数字算出", "Computed from figures with addresses"), Reading: say("名次、p 值、τ、需求权重与得分：算法见本页，所用数字在同节的表里。", "Ranks, p values, τ, weights of demand and scores: the methods are on this page, the figures in the table of the section.")},
	{ID: "whence-curriculum", Name: say("课程地图", "The curriculum map"), Reading: say("所教水平、学时与模块取自课程地图，没有抽样误差；计划的学时由它推算。", "Taught levels, hours and modules are from the curriculum map, without sampling error; planned hours are reckoned from it.")},
	{ID: "whence-outcomes", Name: say("成果记录", "Records of outcomes"), Reading: say("证书、获奖与毕业去向是成果工作簿的行数之和，不是抽样数字。", "Certificates, awards and first jobs are sums over rows of the outcomes workbook, no estimates.")},
	{ID: "whence-frame", Name: say("名册", "The roster"), Reading: say("企业总数与覆盖率来自名册工作簿，对照已收的走访。", "Populations and coverage come from the roster workbook, held against the visits accepted.")},
	{ID: "whence-words", Name: say("文字里的词", "Words of free texts"), Reading: say("技术、岗位名称与要求文字的匹配：数的是写到它的企业或文字，不足 k 家不列；不追到单元格，那里是原话。", "Technologies, titles and requirement texts: how many enterprises or texts hold a word, not listed below k; not traced to cells, which hold what somebody wrote.")},
	{ID: "whence-concentration", Name: say("集中度", "Concentration"), Reading: say("由各走访表汇总；为不露出单个企业，不追到单元格。", "Summed over all workbooks; not traced to cells, which would show single enterprises.")},
	{ID: "whence-quoted", Name: say("引文", "Quotations"), Reading: say("编码簿与课程地图的说明、提案的原文、外部来源的数字与声明：照录，不是调研数字。", "Notes of codebook and map, the words of proposals, figures and notices of outside sources: as they were written, no survey figures.")},
}

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

	programmesWhence = say("家数为有本专业岗位的企业；其余各列由各专业页的判断数出", "Enterprises are those with a job of the programme; the other columns count verdicts of its page")

	enterprisesWhence = say("企业数是该行差距的作答企业数", "Enterprises are those that answered the gap of the row")

	trendsWhence = say("各走访表“趋势”页的行，一家企业计一次；少于 k 家提到的不列", "Rows of the Trends sheets, an enterprise counting once; what fewer than k enterprises name is not listed")

	titlesWhence = say("各走访表“岗位”页的岗位名称，往年没有出现过的", "Job titles of the Jobs sheets that no earlier year had")

	anchorsWhence = say("水平描述出自代码本，不是调研数字", "The descriptions stand in the codebook; they are no survey figures")

	benchmarkWhence = say("外部数字出自所注来源，不是调研数字；对应表可查可改", "Benchmark figures are from the source named, not from the survey; the mapping is open to view and change")

	dependenceWhence = say("由各走访表的走访、计划招聘与证书要求汇总；为不露出单个企业，不追到单元格", "Summed from the visits, planned hires and certificates of all workbooks; not traced to cells, which would show single enterprises")

	rosterWhence = say("名册工作簿的目标企业与各层企业数，对照已收的走访", "Target enterprises and strata of the roster workbook against the visits accepted")

	screeningWhence = say("逐份走访比对全年已收的走访；迹象的说法见规则页", "Each accepted visit held against all of the year; the signs stand on the rules page")

	ratingsWhence = say("所有已收走访的评分格：有答的与空着的", "All rating cells of the accepted visits, answered or blank")

	twiceWhence = say("被走访两次以上的企业的评分", "The ratings of enterprises visited twice or more")

	textsWhence = say("各走访表“岗位”页的要求文字，按代码本的词表匹配", "The requirement texts of the Jobs sheets, matched with the words of the codebook")

	lexiconWhence = say("一名阅读者对公开招聘文字的判断，与代码本的词表对照；不是调研数字", "One reader's judgement of public postings beside the words of the codebook; no survey figures")

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

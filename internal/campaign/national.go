package campaign

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// NationalOptions say which campaign to write on the national form.
type NationalOptions struct {
	Year   int    // 0 is the newest year with a visit
	School string // national school code; "" leaves it blank
	By     string // who takes the names out, for the audit log; "" is the operating system's user
}

// National is the national form 访企拓岗 filled from a campaign.
type National struct {
	Year   int    `json:"year"`
	Visits int    `json:"visits"`
	Filled int    `json:"filled"` // fields of the form that the survey answers
	Blank  int    `json:"blank"`  // fields it does not ask
	Gaps   int    `json:"gaps"`   // single cells that the office has to fill in
	Data   []byte `json:"-"`      // workbook
}

// nationalVisit is one visit as the form sees it.
type nationalVisit struct {
	store.StoredVisit
	received   time.Time
	programmes []codebook.ProgrammeID // of its jobs
	school     string
}

// nationalField is one column of the form: how it is filled, or why it is not.
type nationalField struct {
	field, label string
	source       codebook.Text
	fill         func(*codebook.Codebook, *nationalVisit) string // nil where the survey does not ask; "" is a gap
}

// unasked are the reasons why a field stays blank. Nothing is inferred from another question.
var (
	notAsked    = codebook.Text{ZH: "调研不问，留空", EN: "the survey does not ask; left blank"}
	neverAsked  = codebook.Text{ZH: "个人信息，调研从不收集，留空", EN: "personal data, never collected; left blank"}
	notAgreed   = codebook.Text{ZH: "表格问本次达成的意向，调研只问计划招聘与已有合作，不代填", EN: "the form asks what was agreed on this visit; the survey asks planned hires and standing partnerships, which is not the same"}
	beijingTime = time.FixedZone("UTC+8", 8*60*60)
)

// nationalForm is the form in its order: field codes and labels are those of the national system.
var nationalForm = []nationalField{
	{"zjsjwyxbs", "主键数据唯一性标识", codebook.Text{ZH: "由年份、教师、企业、日期算出，更正后不变", EN: "computed from year, teacher, enterprise and day; a correction keeps it"}, nationalKey},
	{"xxdm", "学校代码", codebook.Text{ZH: "由 --school 给出", EN: "given with --school"}, func(_ *codebook.Codebook, v *nationalVisit) string { return v.school }},
	{"zfqymc", "走访企业名称", codebook.Text{ZH: "企业名称", EN: "enterprise name"}, func(_ *codebook.Codebook, v *nationalVisit) string { return v.Visit.Enterprise.Name }},
	{"zfqydm", "走访企业统一社会信用代码", codebook.Text{ZH: "统一社会信用代码", EN: "unified social credit code"}, func(_ *codebook.Codebook, v *nationalVisit) string { return v.Visit.Enterprise.USCC }},
	{"xqzydm", "需求专业代码", codebook.Text{ZH: "各岗位的专业，编码簿中的国家专业代码；有一个查不到即留空", EN: "programmes of the jobs, national codes of the codebook; blank where one of them is not known"}, nationalMajors},
	{"xqzymc", "需求专业名称", codebook.Text{ZH: "各岗位的专业", EN: "programmes of the jobs"}, nationalMajorNames},
	{"xqzycc", "需求专业层次", codebook.Text{ZH: "各岗位的学历要求", EN: "education required by the jobs"}, nationalEducation},
	{"ktggws", "可提供岗位数", codebook.Text{ZH: "各岗位计划招聘人数之和；有岗位未填即留空", EN: "sum of planned hires; blank where a job gave none"}, nationalPosts},
	{"pjxc", "平均薪酬（元）", codebook.Text{ZH: "填了薪酬的岗位月薪区间中点的平均数", EN: "mean of the midpoints of the monthly ranges given"}, nationalPay},
	{"qtbfr", "牵头拜访人", codebook.Text{ZH: "填表教师", EN: "the teacher who made the visit"}, func(_ *codebook.Codebook, v *nationalVisit) string { return v.Visit.Faculty.Name }},
	{"zw", "职务", notAsked, nil},
	{"bfsj", "拜访时间", codebook.Text{ZH: "走访日期", EN: "day of the visit"}, func(_ *codebook.Codebook, v *nationalVisit) string { return string(v.Visit.Day) }},
	{"qyjdr", "企业接待人姓名", neverAsked, nil},
	{"jdrzw", "接待人职务", codebook.Text{ZH: "受访者岗位角色", EN: "role of the interviewee"}, nationalRole},
	{"ftzyxs", "访谈成果主要形式", notAsked, nil},
	{"jssxszydm", "接受实习生专业代码", notAgreed, nil},
	{"jssxszymc", "接受实习生专业名称", notAgreed, nil},
	{"jssxszycc", "接受实习生专业层次", notAgreed, nil},
	{"jssxszyrs", "接受实习生人数", notAgreed, nil},
	{"jssxszybc", "接受实习报酬（元）", notAgreed, nil},
	{"jsxsjyzydm", "接受学生就业专业代码", notAgreed, nil},
	{"jsxsjyzymc", "接受学生就业专业名称", notAgreed, nil},
	{"jsxsjyzycc", "接受学生就业专业层次", notAgreed, nil},
	{"jsxsjyrs", "接受学生就业人数", notAgreed, nil},
	{"jsxsjyqxx", "接受学生就业起薪线（元/月）", notAgreed, nil},
	{"qtdcyxhz", "其他达成意向的合作", notAgreed, nil},
	{"sjcjsj", "数据采集时间", codebook.Text{ZH: "走访表读入的时间（东八区）", EN: "when the workbook was taken in (UTC+8)"}, func(_ *codebook.Codebook, v *nationalVisit) string {
		if v.received.IsZero() {
			return ""
		}
		return v.received.In(beijingTime).Format(time.DateTime)
	}},
}

// National fills the national form, a row a visit. It names enterprises and teachers: it is for the
// survey office alone, and taking it out is recorded in the audit log. What the survey does not ask
// stays blank, with the reason on a second sheet. The error is *ErrNoVisits where the year has none.
func (c *Campaign) National(ctx context.Context, o NationalOptions) (*National, error) {
	counts, err := surveyed(ctx, c.Store.Reader, o.Year)
	if err != nil {
		return nil, err
	}
	year := counts[len(counts)-1].Year
	visits, err := c.nationalVisits(ctx, year, o.School)
	if err != nil {
		return nil, err
	}
	out := &National{Year: year, Visits: len(visits)}
	if out.Data, err = c.nationalBook(out, visits); err != nil {
		return nil, err
	}
	detail, err := json.Marshal(map[string]int{"visits": out.Visits})
	if err != nil {
		return nil, err
	}
	_, err = c.Store.Audit(ctx, store.AuditEntry{College: c.Codebook.College, Actor: actor(o.By), Action: "export.national", Object: "year/" + strconv.Itoa(year), Detail: string(detail)})
	return out, err
}

// nationalVisits loads the visits of a year that count, by day, enterprise and teacher.
func (c *Campaign) nationalVisits(ctx context.Context, year int, school string) ([]nationalVisit, error) {
	heads, err := c.Store.VisitHeads(ctx, year, "")
	if err != nil {
		return nil, err
	}
	received := make(map[store.VisitID]time.Time, len(heads))
	for _, h := range heads {
		received[h.ID] = h.Received
	}
	var out []nationalVisit
	err = c.Store.Visits(ctx, year, func(v store.StoredVisit) error {
		n := nationalVisit{StoredVisit: v, received: received[v.ID], school: school}
		for _, j := range v.Visit.Jobs {
			if !slices.Contains(n.programmes, j.Programme) {
				n.programmes = append(n.programmes, j.Programme)
			}
		}
		out = append(out, n)
		return nil
	})
	slices.SortFunc(out, func(a, b nationalVisit) int {
		return cmp.Or(strings.Compare(string(a.Visit.Day), string(b.Visit.Day)), strings.Compare(a.Visit.Enterprise.Name, b.Visit.Enterprise.Name), strings.Compare(a.Visit.Faculty.ID, b.Visit.Faculty.ID))
	})
	return out, err
}

// nationalBook writes three sheets: the form, what each field is filled from, and the cells that
// the office has to fill in.
func (c *Campaign) nationalBook(out *National, visits []nationalVisit) ([]byte, error) {
	form := workbook.Table{Name: "访企拓岗"}
	about := workbook.Table{Name: "字段说明", Title: fmt.Sprintf("%d 年访企拓岗表：字段从哪里来 where each field is from", out.Year),
		Notes: []string{"仅供调研办：含企业与教师名称，不得公开；导出已记入审计。For the survey office only: names enterprises and teachers; taking it out is on record.",
			"调研没有问的一律留空，不作推断。What the survey does not ask is left blank; nothing is inferred."},
		Columns: []workbook.TableColumn{{Header: "字段 Field", Width: 14}, {Header: "名称 Label", Width: 30}, {Header: "填写 Filled", Width: 10}, {Header: "来源或留空的原因 Source, or why it is blank", Width: 100}}}
	gaps := workbook.Table{Name: "待补", Title: "要由调研办补填的单元格 cells for the office to fill in",
		Columns: []workbook.TableColumn{{Header: "行 Row", Width: 8}, {Header: "走访企业名称 Enterprise", Width: 40}, {Header: "字段 Field", Width: 30}, {Header: "原因 Why", Width: 80}}}
	for _, f := range nationalForm {
		form.Columns = append(form.Columns, workbook.TableColumn{Header: f.label, Width: 18})
		filled := "否 no"
		if f.fill != nil {
			out.Filled, filled = out.Filled+1, "是 yes"
		}
		about.Rows = append(about.Rows, []any{f.field, f.label, filled, f.source.Both()})
	}
	out.Blank = len(nationalForm) - out.Filled
	for i := range visits {
		row := make([]any, len(nationalForm))
		for k, f := range nationalForm {
			if f.fill == nil {
				continue
			}
			if text := f.fill(c.Codebook, &visits[i]); text != "" {
				row[k] = text
			} else {
				gaps.Rows = append(gaps.Rows, []any{i + 2, visits[i].Visit.Enterprise.Name, f.label, f.source.Both()})
			}
		}
		form.Rows = append(form.Rows, row)
	}
	out.Gaps = len(gaps.Rows)
	return workbook.WriteTable([]workbook.Table{form, about, gaps})
}

func nationalKey(_ *codebook.Codebook, v *nationalVisit) string {
	k := v.Visit.Key()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s\x00%s\x00%s", k.College, k.Year, k.Faculty, k.Enterprise, k.Day))
	return hex.EncodeToString(sum[:16])
}

func nationalMajors(cb *codebook.Codebook, v *nationalVisit) string {
	var codes []string
	for _, id := range v.programmes {
		p, ok := cb.Programme(id)
		if !ok || p.Major == "" {
			return ""
		}
		codes = append(codes, p.Major)
	}
	return strings.Join(codes, "、")
}

func nationalMajorNames(cb *codebook.Codebook, v *nationalVisit) string {
	var names []string
	for _, id := range v.programmes {
		names = append(names, cb.Name("programmes", string(id)).ZH)
	}
	return strings.Join(names, "、")
}

func nationalEducation(cb *codebook.Codebook, v *nationalVisit) string {
	var names []string
	for _, j := range v.Visit.Jobs {
		if name := cb.Name("education", j.Education).ZH; j.Education != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, "、")
}

func nationalPosts(_ *codebook.Codebook, v *nationalVisit) string {
	sum := 0
	for _, j := range v.Visit.Jobs {
		if !j.PlannedHires.Known() {
			return ""
		}
		sum += j.PlannedHires.Value
	}
	return strconv.Itoa(sum)
}

func nationalPay(_ *codebook.Codebook, v *nationalVisit) string {
	sum, n := 0.0, 0
	for _, j := range v.Visit.Jobs {
		if j.SalaryMin.Known() && j.SalaryMax.Known() {
			sum, n = sum+float64(j.SalaryMin.Value+j.SalaryMax.Value)/2, n+1
		}
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(math.Round(sum / float64(n))))
}

func nationalRole(cb *codebook.Codebook, v *nationalVisit) string {
	if name := cb.Name("interviewee_role", v.Visit.IntervieweeRole).ZH; name != "" {
		return name
	}
	return v.Visit.IntervieweeRole
}

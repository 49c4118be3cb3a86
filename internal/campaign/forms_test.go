package campaign

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// TestOneCampaignInEveryForm takes the same campaign in as single workbooks, as bulk workbooks and as
// csv files: the database holds the same, and handing in another form of it changes nothing.
func TestOneCampaignInEveryForm(t *testing.T) {
	ctx := context.Background()
	keys := make(map[string]string)
	folders := make(map[string]string)
	for _, as := range SampleForms {
		out := t.TempDir()
		if _, err := WriteSample(ctx, codebook.Default(), SampleOptions{Out: out, Years: []int{2026}, Visits: 16, As: as}); err != nil {
			t.Fatal(err)
		}
		folders[as] = filepath.Join(out, "2026", "visits")
		c := openCampaign(t)
		r := mustIngest(t, c, IngestOptions{Paths: []string{folders[as]}})
		refused := map[string]int{AsSingle: 1}[as] // the one that is wrong on purpose
		if r.Totals.Rejected != refused || r.Totals.Visits != 15 {
			t.Errorf("%s: %+v", as, r.Totals)
			for i := range r.Files {
				if f := &r.Files[i]; len(f.Issues) > 0 {
					t.Logf("%s %s", f.File, codes(f))
				}
			}
		}
		key, err := c.Store.ContentKey(ctx, 2026)
		if err != nil {
			t.Fatal(err)
		}
		keys[as] = key
		for _, other := range SampleForms {
			if folders[other] == "" || other == as {
				continue
			}
			again := mustIngest(t, c, IngestOptions{Paths: []string{folders[other]}})
			if again.Totals.Accepted+again.Totals.Superseded != 0 {
				t.Errorf("%s after %s changed something: %+v", other, as, again.Totals)
			}
		}
	}
	for _, as := range SampleForms {
		if keys[as] != keys[AsSingle] {
			t.Errorf("the %s form gives another database than single workbooks", as)
		}
	}
}

// A csv file says the same in every encoding that programs here write.
func TestEncodingsOfOneCSV(t *testing.T) {
	ctx := context.Background()
	visits := sampleVisits(6)
	keys := make(map[string]bool)
	for _, encoding := range []workbook.TextEncoding{workbook.UTF8, workbook.UTF8BOM, workbook.GB18030} {
		data, err := workbook.WriteCSV(codebook.Default(), visits, encoding)
		if err != nil {
			t.Fatal(err)
		}
		c := openCampaign(t)
		r := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"问卷.csv": data})}})
		if r.Totals.Visits != len(visits) {
			t.Errorf("%s: %+v %s", encoding, r.Totals, codes(&r.Files[0]))
		}
		key, err := c.Store.ContentKey(ctx, 2026)
		if err != nil {
			t.Fatal(err)
		}
		keys[key] = true
	}
	if len(keys) != 1 {
		t.Errorf("%d different databases", len(keys))
	}
}

// questionnaire is what an online questionnaire exports: numbered headers, matrix questions as one
// column each, several choices joined by a bar, remarks, a submission time. Answers are invented.
const questionnaire = `序号,提交答卷时间,1、走访日期（年-月-日）*,2、走访方式（单选）,3、教师工号,4、教师姓名,5、所在部门,6、面向专业（可多选）,7、企业全称（必填）,8、统一社会信用代码,9、所属行业,10、企业规模,11、所在地区,12、受访人职务,13、在用技术生态（多选题）,14、岗位名称,15、岗位类别,16、对口专业,17、在岗人数,18、薪资范围,19、重要程度—企业应用分析,19、重要程度—产品应用,19、重要程度—协议理解,19、重要程度—逻辑推理,19、重要程度—网络故障诊断,19、重要程度—网络架构设计,19、重要程度—项目管理,20、要求水平—企业应用分析,20、要求水平—产品应用,20、要求水平—协议理解,20、要求水平—逻辑推理,20、要求水平—网络故障诊断,20、要求水平—网络架构设计,20、要求水平—项目管理
1,2026/5/8 14:03:22,2026年5月7日,现场,0012,林示例,信息通信学院,计算机网络技术┋现代通信技术,云图示例通信技术有限公司,,软件和信息技术服务业,中型,深圳市,技术总监,华为┋新华三,网络工程师,网络工程,计算机网络技术,１２,8k-12k,4分,4,5,3,5.0,3,2,3,3,4,3,5,2,不清楚
2,2026/5/9 09:10:00,2026.5.8,电话,0012,林示例,信息通信学院,物联网应用技术,星桥示例电子有限公司,/,C,小型,广东省广州市,生产经理,无,嵌入式工程师,物联网与嵌入式,物联网应用技术,3,20万/年,3,4,3,4,3,3,3,3,4,3,4,3,3,3
`

// TestQuestionnaireExport reads such an export as it comes.
func TestQuestionnaireExport(t *testing.T) {
	c := openCampaign(t)
	r := mustIngest(t, c, IngestOptions{Paths: []string{writeFiles(t, map[string][]byte{"导出.csv": []byte(questionnaire)})}, Year: 2026})
	f := &r.Files[0]
	if f.Status != Accepted || f.Visits != 2 || f.Jobs != 2 {
		for _, i := range f.Issues {
			t.Errorf("%s %s %s: %s", i.Severity, i.Code, Place(i), i.Message.ZH)
		}
		t.Fatalf("%s with %d visits, %d jobs", f.Status, f.Visits, f.Jobs)
	}
	found, err := c.Store.VisitsOf(context.Background(), f.Submission)
	if err != nil {
		t.Fatal(err)
	}
	first, second := found[0].Visit, found[1].Visit
	if strings.Join(first.Enterprise.Ecosystems, " ") != "huawei h3c" || len(first.Programmes) != 2 || first.Day != "2026-05-07" {
		t.Errorf("read as %+v", first)
	}
	job := first.Jobs[0]
	if job.SalaryMin.Value != 8000 || job.SalaryMax.Value != 12000 || job.Headcount.Value != 12 || job.Ratings[0].Importance.Value != 4 || job.Ratings[4].Required.Value != 5 || job.Ratings[6].Required.Known() {
		t.Errorf("the job reads %+v", job)
	}
	if second.Day != "2026-05-08" || second.Mode != "telephone" || second.Enterprise.Region != "440100" {
		t.Errorf("read as %+v", second)
	}
}

package campaign

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// nextCodebook is a codebook a year later: project management has another code and name, and
// logical reasoning was split in two, one half of which keeps the code.
func nextCodebook(t *testing.T, of *codebook.Codebook) *codebook.Codebook {
	t.Helper()
	cb := *of
	cb.Competencies = slices.Clone(cb.Competencies)
	for i := range cb.Competencies {
		switch c := &cb.Competencies[i]; c.Code {
		case "project_management":
			c.Code, c.Name, c.Short = "project_delivery", codebook.Text{ZH: "项目交付", EN: "Project delivery"}, codebook.Text{ZH: "项目交付", EN: "Delivery"}
		case "digital_literacy": // switched off until now
			c.Code, c.Name, c.Short, c.Optional = "evidence", codebook.Text{ZH: "求证", EN: "Evidence"}, codebook.Text{ZH: "求证", EN: "Evidence"}, false
		}
	}
	cb.Lexicon = slices.DeleteFunc(slices.Clone(cb.Lexicon), func(e codebook.LexiconEntry) bool {
		return e.Competency == "project_management" || e.Competency == "digital_literacy"
	})
	cb.Crosswalks = []codebook.Crosswalk{
		{Until: 2025, From: "project_management", Name: codebook.Text{ZH: "项目管理旧称", EN: "Project management of old"}, To: []codebook.CompetencyID{"project_delivery"}},
		{Until: 2025, From: "logical_reasoning", Name: codebook.Text{ZH: "逻辑推理旧称", EN: "Reasoning of old"}, To: []codebook.CompetencyID{"logical_reasoning", "evidence"}},
	}
	cb.Version += "-next"
	text, err := cb.YAML()
	must(t, err)
	next, err := codebook.Parse(text)
	must(t, err)
	return next
}

// Two years, two codebooks: a renamed competency is compared with what it was called, a split one with
// nothing, and pages, tables and data say so.
func TestTwoCodebooks(t *testing.T) {
	c := aCollege(t)
	c.Drawn, c.Now = noStills{}, func() time.Time { return yearEnd }
	c.Codebook = smallCodebook(t, "logical_reasoning", "fault_diagnosis", "project_management", "digital_literacy")
	ctx, dir := context.Background(), t.TempDir()
	var was *gap.Analysis
	for _, year := range []int{2025, 2026} {
		if year == 2026 {
			c.Codebook = nextCodebook(t, c.Codebook)
		}
		inbox := filepath.Join(dir, "inbox")
		_, err := WriteSample(ctx, c.Codebook, SampleOptions{Out: inbox, Years: []int{year}, Visits: 24})
		must(t, err)
		mustIngest(t, c, IngestOptions{Paths: []string{inbox}, By: "test"})
		if year == 2025 {
			was = analysed(t, c)
		}
	}
	a := analysed(t, c)
	t.Run("figures", func(t *testing.T) { comparedByMeaning(t, a, was) })
	t.Run("report", func(t *testing.T) {
		reports := filepath.Join(dir, "reports")
		r, err := c.Run(ctx, RunOptions{Reports: reports})
		must(t, err)
		if r.Changes.LastYear == nil || len(r.Changes.LastYear.AskedOtherwise) != 3 {
			t.Errorf("changes: %+v", r.Changes.LastYear)
		}
		saysHowItAsked(t, filepath.Join(reports, "2026"))
		run, err := c.FindRun(ctx, "latest")
		must(t, err)
		again, err := c.Reproduce(ctx, run, "")
		if err != nil || !again.Same {
			t.Errorf("made again: %+v %v", again, err)
		}
	})
	t.Run("trace", func(t *testing.T) {
		at := gap.Address{Year: 2025, Competency: "project_delivery", Measure: demand.MeanRequired}
		found, err := c.Trace(ctx, at.String(), TraceOptions{})
		if err != nil || found.Behind.Cells == 0 {
			t.Errorf("a figure of the earlier year leads to no cell: %+v %v", found, err)
		}
	})
}

func analysed(t *testing.T, c *Campaign) *gap.Analysis {
	t.Helper()
	in, err := c.inputs(context.Background(), AnalyzeOptions{})
	must(t, err)
	in.Replicates = -1
	a, err := gap.Analyze(c.Codebook, *in)
	must(t, err)
	return a
}

// comparedByMeaning holds the changes against the earlier year as its own codebook saw it.
func comparedByMeaning(t *testing.T, a, was *gap.Analysis) {
	then := func(id codebook.CompetencyID, m demand.Measure) demand.Figure {
		i := slices.IndexFunc(was.Cells, func(c demand.Cell) bool {
			return c.Domain == (demand.Domain{}) && c.Competency == id && c.Measure == m
		})
		if i < 0 {
			return demand.Figure{Flag: demand.NoData}
		}
		return was.Cells[i].Figure
	}
	how, rows := make(map[codebook.CompetencyID]string), 0
	for _, r := range a.Change.Rows {
		if r.Past != nil {
			how[r.Competency] = r.Past.How
		}
		if r.Past != nil && r.Past.How == codebook.Split {
			if r.Before.Flag != demand.NoData || r.Change.Shown() || r.Same.Shown() || r.P != nil || r.Moved {
				t.Errorf("%s %s is compared with what it is only a part of: %+v", r.Competency, r.Measure, r)
			}
			continue
		}
		asked := r.Competency
		if asked == "project_delivery" {
			asked = "project_management"
		}
		if r.Domain == (demand.Domain{}) {
			if rows++; !r.Change.Shown() || r.Before.Estimate != then(asked, r.Measure).Estimate {
				t.Errorf("%s %s: %v before, want the %v of %s", r.Competency, r.Measure, r.Before.Estimate, then(asked, r.Measure).Estimate, asked)
			}
		}
	}
	if len(how) != 3 || how["project_delivery"] != codebook.Renamed || how["logical_reasoning"] != codebook.Split || how["evidence"] != codebook.Split || rows != 4*2 {
		t.Errorf("asked otherwise: %v; %d rows of the cluster compared, want 8", how, rows)
	}
}

// saysHowItAsked looks for the words in page, table and data.
func saysHowItAsked(t *testing.T, report string) {
	var all strings.Builder
	must(t, filepath.WalkDir(report, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".csv" {
			return err
		}
		data, err := os.ReadFile(path)
		all.Write(data)
		return err
	}))
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(report, name))
		must(t, err)
		return string(data)
	}
	for name, text := range map[string]string{"index.html": read("index.html"), "changes.html": read("changes.html"), "tables": all.String()} {
		for _, say := range []string{"2025 年名为“项目管理旧称”", "2025 年只问了更宽的“逻辑推理旧称”，后来拆开：不与该年比较"} {
			if !strings.Contains(text, say) {
				t.Errorf("%s does not say %s", name, say)
			}
		}
	}
	for _, name := range []string{"data.json", "changes.json"} {
		if text := read(name); !strings.Contains(text, `"asked_otherwise"`) || !strings.Contains(text, `"how":"split"`) && !strings.Contains(text, `"how": "split"`) {
			t.Errorf("%s does not say what was asked otherwise", name)
		}
	}
}

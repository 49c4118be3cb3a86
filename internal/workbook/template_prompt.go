package workbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// What Excel allows for the texts of a data validation; longer ones make it repair the file.
const (
	promptTitleUnits = 32
	promptBodyUnits  = 255
	alertBodyUnits   = 225
)

// prompt is the note that appears beside a selected cell.
type prompt struct{ title, body string }

// promptFor writes the prompt of an answer: what is asked, what may be written, and for a
// rating what each point means.
func (t *template) promptFor(pl place) prompt {
	if t.opts.Brief {
		return prompt{clip(pl.field.Label.ZH, promptTitleUnits), clip(joinLines(pl.field.Hint.ZH, howTo(pl.field)), promptBodyUnits)}
	}
	if pl.field.Type == codebook.TypeLevel {
		return levelPrompt(t.cb, pl)
	}
	body := joinLines(pl.field.Hint.ZH, howTo(pl.field), pl.field.Hint.EN)
	if units(body) > promptBodyUnits {
		body = joinLines(pl.field.Hint.ZH, howTo(pl.field))
	}
	title := pl.field.Label.Both()
	if units(title) > promptTitleUnits {
		title = pl.field.Label.ZH
	}
	return prompt{clip(title, promptTitleUnits), clip(body, promptBodyUnits)}
}

// levelPrompt shows the five points: of the importance scale, or the anchors of the competency.
func levelPrompt(cb *codebook.Codebook, pl place) prompt {
	title := pl.field.Label.ZH
	c, known := cb.Competency(pl.competency)
	if known {
		title = c.Name.ZH + " · " + title
	}
	points := scalePoints(cb, pl.field)
	if known && points == nil {
		points = c.Anchors
	}
	body := numbered(points)
	if longer := joinLines(pl.field.Hint.ZH, body); units(longer) <= promptBodyUnits {
		body = longer
	}
	return prompt{clip(title, promptTitleUnits), clip(body, promptBodyUnits)}
}

// scalePoints are the words of a rating that is not about a level of competence; nil for one
// that is, whose words are the anchors of its competency.
func scalePoints(cb *codebook.Codebook, f *codebook.Field) []codebook.Text {
	switch {
	case asksImportance(f):
		return cb.Importance.Points
	case f.PerCompetency:
		return nil
	}
	return []codebook.Text{}
}

// asksImportance reports whether a rating is on the importance scale; every other rating per
// competency is on the level scale.
func asksImportance(f *codebook.Field) bool {
	return f.Vocabulary == "importance" || f.Vocabulary == "" && f.Key == "importance"
}

// numbered writes "1 …" to "5 …", each shortened evenly where they do not fit together.
func numbered(points []codebook.Text) string {
	for share := promptBodyUnits; share > 12; share -= 4 {
		lines := make([]string, len(points))
		for i, p := range points {
			lines[i] = strconv.Itoa(i+1) + " " + clip(p.ZH, share)
		}
		if text := strings.Join(lines, "\n"); units(text) <= promptBodyUnits {
			return text
		}
	}
	return ""
}

// howTo says how an answer of this type is written.
func howTo(f *codebook.Field) string {
	switch f.Type {
	case codebook.TypeCode, codebook.TypeBool:
		return "从下拉列表选择。"
	case codebook.TypeCodes, codebook.TypeCerts:
		return "可从下拉列表选一项；多项请直接输入，用“；”隔开。"
	case codebook.TypeIDs:
		return "多个编号用“；”隔开。"
	case codebook.TypeDate:
		return "格式 2026-03-05。"
	case codebook.TypeMoney:
		return "元/月，只填数字，例如 8000。"
	case codebook.TypeInt:
		return "填整数，不带单位；不清楚请写“不清楚”，不要填 0。"
	case codebook.TypeNumber:
		return "填数字，不带单位。"
	case codebook.TypeUSCC:
		return "18 位数字与大写字母，见营业执照；不含 I、O、S、V、Z。"
	case codebook.TypeID:
		return "按原样填写，前面的 0 不要省略。"
	}
	return ""
}

func joinLines(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n")
}

// allowed says in words what a field takes, for alerts and for the instructions.
func allowed(f *codebook.Field) codebook.Text {
	switch f.Type {
	case codebook.TypeLevel:
		return codebook.Text{ZH: "1–5 的整数", EN: "whole number 1–5"}
	case codebook.TypeCode, codebook.TypeBool:
		return codebook.Text{ZH: "列表中的一项", EN: "one item of the list"}
	case codebook.TypeCodes, codebook.TypeCerts:
		return codebook.Text{ZH: "列表中的一项或多项", EN: "one or more items of the list"}
	case codebook.TypeDate:
		return codebook.Text{ZH: "日期", EN: "date"}
	case codebook.TypeYear:
		return codebook.Text{ZH: "年份", EN: "year"}
	case codebook.TypeInt, codebook.TypeMoney:
		return bounded("整数", "whole number", f)
	case codebook.TypeNumber:
		return bounded("数字", "number", f)
	case codebook.TypeUSCC:
		return codebook.Text{ZH: "18 位代码", EN: "18-character code"}
	case codebook.TypeID:
		return codebook.Text{ZH: "编号（文本）", EN: "identifier (text)"}
	case codebook.TypeIDs:
		return codebook.Text{ZH: "一个或多个编号", EN: "one or more identifiers"}
	}
	if f.MaxLen > 0 {
		return codebook.Text{ZH: fmt.Sprintf("文字，至多 %d 字", f.MaxLen), EN: fmt.Sprintf("text, at most %d characters", f.MaxLen)}
	}
	return codebook.Text{ZH: "文字", EN: "text"}
}

func bounded(zh, en string, f *codebook.Field) codebook.Text {
	switch {
	case f.Min != nil && f.Max != nil:
		return codebook.Text{ZH: fmt.Sprintf("%s–%s 的%s", plainNumber(*f.Min), plainNumber(*f.Max), zh), EN: fmt.Sprintf("%s %s–%s", en, plainNumber(*f.Min), plainNumber(*f.Max))}
	case f.Min != nil:
		return codebook.Text{ZH: fmt.Sprintf("不小于 %s 的%s", plainNumber(*f.Min), zh), EN: fmt.Sprintf("%s ≥ %s", en, plainNumber(*f.Min))}
	case f.Max != nil:
		return codebook.Text{ZH: fmt.Sprintf("不大于 %s 的%s", plainNumber(*f.Max), zh), EN: fmt.Sprintf("%s ≤ %s", en, plainNumber(*f.Max))}
	}
	return codebook.Text{ZH: zh, EN: en}
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

package codebook

import (
	"fmt"
	"slices"
)

var (
	fieldTypes = []string{
		string(TypeText), string(TypeInt), string(TypeNumber), string(TypeYear), string(TypeDate),
		string(TypeCode), string(TypeCodes), string(TypeLevel), string(TypeUSCC), string(TypeID),
		string(TypeIDs), string(TypeMoney), string(TypeBool), string(TypeCerts),
	}
	layouts      = []string{string(LayoutRecord), string(LayoutTable)}
	fromListOnly = []FieldType{TypeCode, TypeCodes, TypeCerts}
)

func (c *checker) forms() {
	kinds := make([]string, len(c.cb.Forms))
	vocabularies := slices.Clone(virtual)
	for _, v := range c.cb.Vocabularies {
		vocabularies = append(vocabularies, v.Name)
	}
	for i := range c.cb.Forms {
		kinds[i] = c.cb.Forms[i].Kind
		c.form(member("forms", kinds[i], i), &c.cb.Forms[i], vocabularies)
	}
	c.unique("forms", kinds)
}

func (c *checker) form(path string, f *Form, vocabularies []string) {
	if !keyShape.MatchString(f.Kind) {
		c.say(path+".kind", "表种须由小写字母、数字和下划线组成，现为“%s”", "a kind is lower-case letters, digits and underscores, found %q", f.Kind)
	}
	if !idShape.MatchString(f.Template) {
		c.say(path+".template", "模板标识须由小写字母、数字和连字符组成，现为“%s”", "the template id is lower-case letters, digits and hyphens, found %q", f.Template)
	}
	if f.Version < 1 {
		c.say(path+".version", "版本从 1 开始，现为 %d", "versions start at 1, found %d", f.Version)
	}
	c.text(path+".title", f.Title)
	if len(f.Sheets) == 0 {
		c.say(path+".sheets", "至少要有一个工作表", "there must be at least one sheet")
	}
	keys := make([]string, len(f.Sheets))
	for i := range f.Sheets {
		keys[i] = f.Sheets[i].Key
		c.sheet(member(path+".sheets", keys[i], i), &f.Sheets[i], f.Version, vocabularies)
	}
	c.unique(path+".sheets", keys)
	c.sheetNames(path+".sheets", f.Sheets)
}

// sheetNames reports a name by which two sheets of one form could be meant.
func (c *checker) sheetNames(path string, sheets []Sheet) {
	owner := make(map[string]string)
	for i := range sheets {
		s := &sheets[i]
		for _, name := range append([]string{s.Name.ZH, s.Name.EN, s.Name.Both()}, s.Aliases...) {
			if other, taken := owner[Fold(name)]; taken && other != s.Key {
				c.say(member(path, s.Key, i), "表名“%s”同时指“%s”", "the sheet name %q also means %q", name, other)
			}
			owner[Fold(name)] = s.Key
		}
	}
}

func (c *checker) sheet(path string, s *Sheet, version int, vocabularies []string) {
	if !keyShape.MatchString(s.Key) {
		c.say(path+".key", "工作表代码须由小写字母、数字和下划线组成，现为“%s”", "a sheet key is lower-case letters, digits and underscores, found %q", s.Key)
	}
	c.text(path+".name", s.Name)
	c.text(path+".title", s.Title)
	c.oneOf(path+".layout", string(s.Layout), layouts)
	for i, h := range s.Help {
		c.text(fmt.Sprintf("%s.help[%d]", path, i), h)
	}
	if len(s.Fields) == 0 {
		c.say(path+".fields", "至少要有一个项目", "there must be at least one field")
	}
	keys := make([]string, len(s.Fields))
	for i := range s.Fields {
		f := &s.Fields[i]
		keys[i] = string(f.Key)
		at := member(path+".fields", keys[i], i)
		c.field(at, f, version)
		c.fieldVocabulary(at, f, vocabularies)
		if f.PerCompetency && s.Layout != LayoutTable {
			c.say(at+".per_competency", "逐项能力的项目只能放在表格式工作表", "a field asked per competency needs a table sheet")
		}
	}
	c.unique(path+".fields", keys)
	c.headers(path+".fields", s.Fields)
}

func (c *checker) field(path string, f *Field, version int) {
	if !keyShape.MatchString(string(f.Key)) {
		c.say(path+".key", "项目代码须由小写字母、数字和下划线组成，现为“%s”", "a field key is lower-case letters, digits and underscores, found %q", f.Key)
	}
	c.text(path+".label", f.Label)
	if f.Hint != (Text{}) {
		c.text(path+".hint", f.Hint)
	}
	c.oneOf(path+".type", string(f.Type), fieldTypes)
	if f.Min != nil && f.Max != nil && *f.Min > *f.Max {
		c.say(path+".min", "最小值 %v 大于最大值 %v", "the minimum %v is above the maximum %v", *f.Min, *f.Max)
	}
	if f.MaxLen < 0 || f.Width < 0 {
		c.say(path, "长度和列宽不能为负", "length and width cannot be negative")
	}
	if f.Since > version {
		c.say(path+".since", "项目自第 %d 版起有，而表只到第 %d 版", "the field starts at version %d, the form is at %d", f.Since, version)
	}
	if f.PerCompetency && f.Type != TypeLevel {
		c.say(path+".type", "逐项能力的项目须为 level 类型", "a field asked per competency has the type level")
	}
}

func (c *checker) fieldVocabulary(path string, f *Field, vocabularies []string) {
	switch {
	case f.Vocabulary == "" && slices.Contains(fromListOnly, f.Type):
		c.say(path+".vocabulary", "%s 类型须指定词表", "the type %s needs a vocabulary", f.Type)
	case f.Vocabulary != "" && !slices.Contains(vocabularies, f.Vocabulary):
		c.say(path+".vocabulary", "词表“%s”不存在", "there is no vocabulary %q", f.Vocabulary)
	}
}

// headers reports a header by which two fields of one sheet could be meant.
func (c *checker) headers(path string, fields []Field) {
	owner := make(map[string]FieldID)
	for i := range fields {
		f := &fields[i]
		for _, h := range append([]string{f.Label.ZH, f.Label.EN, f.Label.Both()}, f.Aliases...) {
			if other, taken := owner[Fold(h)]; taken && other != f.Key {
				c.say(member(path, string(f.Key), i), "表头“%s”同时指“%s”", "the header %q also means %q", h, other)
			}
			owner[Fold(h)] = f.Key
		}
	}
}

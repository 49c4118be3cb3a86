package codebook

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed data
var embedded embed.FS

// Default returns the codebook built into the program. All callers share it: treat it as read-only.
// It panics when the embedded data cannot be read, which a test of this room rules out.
func Default() *Codebook { return loadDefault() }

var loadDefault = sync.OnceValue(func() *Codebook {
	if cb := readCompiled(compiledData); cb != nil {
		return cb
	}
	cb, err := assemble()
	if err != nil {
		panic("codebook: embedded data: " + err.Error())
	}
	return cb
})

// Parse reads a replacement codebook. What the file leaves out comes from the built-in one:
// whole sections, single vocabularies (by name), single forms (by kind) and single rules (by code).
// A file that brings its own competencies inherits neither lexicon, crosswalks nor notes.
// Every problem found is in the error, which is then an [Invalid], each with line and path.
func Parse(data []byte) (*Codebook, error) {
	var cb Codebook
	if err := decodeStrict(data, &cb); err != nil {
		return nil, err
	}
	own := cb.Rules
	inherit(&cb, Default())
	if problems := validateWith(cb, own); len(problems) > 0 {
		locate(problems, data)
		return nil, &Invalid{Problems: problems}
	}
	cb.index = newIndex(&cb)
	return &cb, nil
}

// validateWith validates a codebook as if it had these rules only: a file answers for the rules it
// brings, not for the built-in ones.
func validateWith(cb Codebook, rules []Rule) []Problem {
	cb.Rules = rules
	return Validate(&cb)
}

// YAML writes the whole codebook, forms and rules included. Parse reads it back to an equal one.
func (cb *Codebook) YAML() ([]byte, error) {
	return yaml.MarshalWithOptions(cb, yaml.IndentSequence(true))
}

// assemble reads the embedded files side by side.
func assemble() (*Codebook, error) {
	var cb Codebook
	var (
		vocabularies []Vocabulary
		forms        []Form
		rules        []Rule
	)
	long := make([]Vocabulary, 2)
	err := together(
		func() error { return decodeFile("data/codebook.yaml", &cb) },
		func() error { return decodeFile("data/vocabularies.yaml", &vocabularies) },
		func() error { return decodeLines("data/industries.yaml", &long[0]) },
		func() error { return decodeLines("data/regions.yaml", &long[1]) },
		func() error { return decodeFile("data/forms.yaml", &forms) },
		func() error { return readRules(&rules) },
	)
	if err != nil {
		return nil, err
	}
	cb.Vocabularies = append(vocabularies, long...)
	cb.Forms, cb.Rules = forms, rules
	cb.index = newIndex(&cb)
	return &cb, nil
}

// together runs all steps at once and joins their errors in order.
func together(steps ...func() error) error {
	errs := make([]error, len(steps))
	var wg sync.WaitGroup
	for i, step := range steps {
		wg.Go(func() { errs[i] = step() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func decodeFile(name string, into any) error {
	data, err := embedded.ReadFile(name)
	if err != nil {
		return err
	}
	if err := decodeStrict(data, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readRules merges every file of data/rules, in ladder order of their codes.
func readRules(into *[]Rule) error {
	entries, err := embedded.ReadDir("data/rules")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".yaml") {
			continue
		}
		var rules []Rule
		if err := decodeFile("data/rules/"+e.Name(), &rules); err != nil {
			return err
		}
		*into = append(*into, rules...)
	}
	sortRules(*into)
	return nil
}

// ruleRanges is the order in which a submission meets the rules and in which pages list them.
const ruleRanges = "FTVRCODX"

// sortRules orders rules as the checks run: file, template, visit, roster, curriculum, outcomes,
// decisions, across files; then by number.
func sortRules(rules []Rule) {
	slices.SortStableFunc(rules, func(a, b Rule) int {
		return cmp.Or(
			cmp.Compare(rangeOf(a.Code), rangeOf(b.Code)),
			cmp.Compare(a.Code, b.Code),
		)
	})
}

func rangeOf(code RuleID) int {
	if code == "" {
		return len(ruleRanges)
	}
	if i := strings.IndexByte(ruleRanges, code[0]); i >= 0 {
		return i
	}
	return len(ruleRanges)
}

// lineVocabulary is a long vocabulary in compact form: "code|parent|中文|English|alias|alias" a line.
type lineVocabulary struct {
	Name  string `yaml:"name"`
	Title Text   `yaml:"title"`
	Lines string `yaml:"lines"`
}

func decodeLines(name string, into *Vocabulary) error {
	var raw lineVocabulary
	if err := decodeFile(name, &raw); err != nil {
		return err
	}
	into.Name, into.Title = raw.Name, raw.Title
	for line := range strings.Lines(raw.Lines) {
		item, ok := itemOfLine(strings.TrimSpace(line))
		if !ok {
			return fmt.Errorf("%s: %q is not code|parent|中文|English", name, line)
		}
		into.Items = append(into.Items, item)
	}
	return nil
}

func itemOfLine(line string) (Item, bool) {
	parts := strings.Split(line, "|")
	if len(parts) < 4 || parts[0] == "" || parts[2] == "" {
		return Item{}, false
	}
	return Item{
		Code:    parts[0],
		Parent:  parts[1],
		Name:    Text{ZH: parts[2], EN: parts[3]},
		Aliases: slices.Clone(parts[4:]),
	}, true
}

func decodeStrict(data []byte, into any) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return &Invalid{Problems: []Problem{{Message: Text{ZH: "文件是空的", EN: "the file is empty"}}}}
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		return invalidYAML(err)
	}
	return nil
}

// inherit fills what cb leaves out from base.
func inherit(cb, base *Codebook) {
	if len(cb.Competencies) == 0 {
		cb.Competencies = base.Competencies
		inheritSlice(&cb.Lexicon, base.Lexicon)
		inheritSlice(&cb.Crosswalks, base.Crosswalks)
		inheritSlice(&cb.Notes, base.Notes)
	}
	inheritSlice(&cb.Importance.Points, base.Importance.Points)
	inheritSlice(&cb.Level.Points, base.Level.Points)
	inheritText(&cb.Importance.Name, base.Importance.Name)
	inheritText(&cb.Level.Name, base.Level.Name)
	inheritText(&cb.Title, base.Title)
	inheritText(&cb.CollegeName, base.CollegeName)
	cb.College = cmp.Or(cb.College, base.College)
	inheritSlice(&cb.Programmes, base.Programmes)
	inheritSlice(&cb.Tracks, base.Tracks)
	inheritSlice(&cb.Ladder, base.Ladder)
	inheritSlice(&cb.Missing, base.Missing)
	cb.Vocabularies = overlay(cb.Vocabularies, base.Vocabularies, func(v Vocabulary) string { return v.Name })
	cb.Forms = overlay(cb.Forms, base.Forms, func(f Form) string { return f.Kind })
	cb.Rules = overlay(cb.Rules, base.Rules, func(r Rule) string { return string(r.Code) })
	sortRules(cb.Rules)
}

func inheritSlice[T any](own *[]T, base []T) {
	if len(*own) == 0 {
		*own = base
	}
}

func inheritText(own *Text, base Text) {
	if *own == (Text{}) {
		*own = base
	}
}

// overlay returns base with the entries of own in the place of those with the same key;
// entries with new keys follow.
func overlay[T any](own, base []T, key func(T) string) []T {
	out := slices.Clone(base)
	for _, o := range own {
		at := slices.IndexFunc(out, func(b T) bool { return key(b) == key(o) })
		if at < 0 || at >= len(base) {
			out = append(out, o) // a key repeated within own stays repeated: Validate reports it
			continue
		}
		out[at] = o
	}
	return out
}

// Package codebook holds the survey instrument as data: the competencies with their
// behaviourally anchored levels, the vocabularies, the certification ladder, the
// programmes, the forms people fill in and the rules their answers are held to.
//
// Templates, validation, messages, the rule reference and the report are all generated
// from one Codebook, so instructions can never contradict the checker. Another school or
// another programme cluster replaces the data file and keeps the binary.
package codebook

import (
	"cmp"
	"slices"
)

// Identifiers are types so that a programme is never passed where a competency is meant.
type (
	CompetencyID string // e.g. "fault_diagnosis"; stable across years
	ProgrammeID  string // e.g. "network"; the code column of the programme list
	FamilyID     string // a job family, e.g. "network_engineer"
	TrackID      string // a certification track, e.g. "datacom"
	LadderID     string // a rung of the certification ladder, e.g. "HCIA"
	FieldID      string // a field of a form, e.g. "visit_date"
	RuleID       string // a rule, e.g. "V012"; never reused
)

// Text is one thing said in both languages. Chinese is shown first.
type Text struct {
	ZH string `yaml:"zh,omitempty"`
	EN string `yaml:"en,omitempty"`
}

// Both returns the Chinese text with the English one beside it, the way labels are printed.
func (t Text) Both() string {
	switch {
	case t.EN == "" || t.EN == t.ZH:
		return t.ZH
	case t.ZH == "":
		return t.EN
	}
	return t.ZH + " " + t.EN
}

// Spellings are the ways in which a text may stand in a cell: in either language, and in both as
// templates print it. Empty where the text is.
func (t Text) Spellings() []string {
	var out []string
	for _, s := range []string{t.ZH, t.EN, t.Both()} {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Codebook is one versioned definition of the survey. Treat it as read-only once loaded.
type Codebook struct {
	ID           string         `yaml:"id"`      // e.g. "ict-cluster"
	Version      string         `yaml:"version"` // e.g. "2026.1"
	Title        Text           `yaml:"title"`
	College      string         `yaml:"college"` // code stamped on every record of this college
	CollegeName  Text           `yaml:"college_name"`
	Competencies []Competency   `yaml:"competencies"` // 3 to 20, in display order
	Importance   Scale          `yaml:"importance"`   // 1–5: how important for the job
	Level        Scale          `yaml:"level"`        // 1–5: required, observed and taught level share this scale
	Programmes   []Programme    `yaml:"programmes"`
	Tracks       []Item         `yaml:"tracks,omitempty"` // certification tracks
	Ladder       []Item         `yaml:"ladder"`           // certification levels, lowest first
	Vocabularies []Vocabulary   `yaml:"vocabularies"`
	Missing      []MissingWord  `yaml:"missing,omitempty"` // words that mean "no answer", with what they mean
	Notes        []Text         `yaml:"notes,omitempty"`   // contradictions of the source, shown to readers
	Forms        []Form         `yaml:"forms"`             // built-in forms are used where the file has none
	Rules        []Rule         `yaml:"rules"`             // built-in rules are used where the file has none
	Crosswalks   []Crosswalk    `yaml:"crosswalks,omitempty"`
	Lexicon      []LexiconEntry `yaml:"lexicon,omitempty"`
	Campaigns    []Campaign     `yaml:"campaigns,omitempty"` // dates of the annual rounds; a year may be absent

	index *index
}

// Competency is one of the abilities the survey measures.
type Competency struct {
	Code       CompetencyID `yaml:"code"`
	Name       Text         `yaml:"name"`
	Short      Text         `yaml:"short,omitempty"`  // ≤ 6 Chinese characters, for chart labels
	Former     []Text       `yaml:"former,omitempty"` // names it bore before: workbooks that bear them are read
	Definition Text         `yaml:"definition"`
	Anchors    []Text       `yaml:"anchors"`            // exactly five: what a person at level 1 … 5 does
	Optional   bool         `yaml:"optional,omitempty"` // known to the codebook but switched off by default
}

// FormerNames lists every spelling of the names that the competency bore before.
func (c *Competency) FormerNames() []string {
	var names []string
	for _, t := range c.Former {
		names = append(names, t.Spellings()...)
	}
	return names
}

// Scale names the five points of a rating scale, lowest first.
type Scale struct {
	Name   Text   `yaml:"name"`
	Points []Text `yaml:"points"` // exactly five
}

// Programme is a major of the cluster.
type Programme struct {
	Code    ProgrammeID `yaml:"code"`
	Major   string      `yaml:"major,omitempty"` // national major code, "" where unverified
	Name    Text        `yaml:"name"`
	Short   Text        `yaml:"short,omitempty"`
	Aliases []string    `yaml:"aliases,omitempty"` // other names and old codes of the same major
	Tracks  []TrackID   `yaml:"tracks,omitempty"`
	Notes   []Text      `yaml:"notes,omitempty"`
}

// Vocabulary is a closed list behind a dropdown, e.g. "enterprise_size".
type Vocabulary struct {
	Name  string `yaml:"name"`
	Title Text   `yaml:"title"`
	Items []Item `yaml:"items"`
}

// Item is one coded value. Parent nests items (a city in its province, a division in its section).
type Item struct {
	Code    string   `yaml:"code"`
	Name    Text     `yaml:"name"`
	Parent  string   `yaml:"parent,omitempty"`
	Aliases []string `yaml:"aliases,omitempty"` // other spellings that mean the same with certainty
	Note    Text     `yaml:"note,omitempty"`
}

// MissingWord is a word people write for "no answer", e.g. 不清楚.
type MissingWord struct {
	Word   string `yaml:"word"`
	Status string `yaml:"status"` // unknown, not_applicable, none or refused
}

// Layout says how a sheet holds its fields.
type Layout string

const (
	LayoutRecord Layout = "record" // a row per field: label, answer, hint
	LayoutTable  Layout = "table"  // a header, then a row per record
)

// Form is a kind of workbook: visit, curriculum, roster, outcomes or decisions.
type Form struct {
	Kind     string  `yaml:"kind"`
	Template string  `yaml:"template"` // template id written into the workbook, e.g. "qianqi-visit"
	Version  int     `yaml:"version"`  // newest version this program writes; older ones are read
	Title    Text    `yaml:"title"`
	Sheets   []Sheet `yaml:"sheets"`
}

// Sheet is one sheet of a form.
type Sheet struct {
	Key     string   `yaml:"key"` // e.g. "jobs"
	Name    Text     `yaml:"name"`
	Aliases []string `yaml:"aliases,omitempty"` // other sheet names that mean this one
	Layout  Layout   `yaml:"layout"`
	Rows    int      `yaml:"rows,omitempty"` // prepared rows in a template (LayoutTable)
	Title   Text     `yaml:"title"`
	Help    []Text   `yaml:"help,omitempty"` // lines of the instructions sheet
	Fields  []Field  `yaml:"fields"`
}

// FieldType says how an answer is read.
type FieldType string

const (
	TypeText   FieldType = "text"
	TypeInt    FieldType = "int"    // integer ≥ Min
	TypeNumber FieldType = "number" // decimal
	TypeYear   FieldType = "year"
	TypeDate   FieldType = "date"
	TypeCode   FieldType = "code"  // one item of Vocabulary
	TypeCodes  FieldType = "codes" // several items of Vocabulary
	TypeLevel  FieldType = "level" // a rating 1–5
	TypeUSCC   FieldType = "uscc"  // unified social credit code, GB 32100-2015
	TypeID     FieldType = "id"    // text that must not be typed as a number: staff number, module code
	TypeIDs    FieldType = "ids"   // several of them
	TypeMoney  FieldType = "money" // yuan per month
	TypeBool   FieldType = "bool"
	TypeCerts  FieldType = "certs" // several "track level" pairs
)

// Field is one question. PerCompetency repeats it once for every competency (a column group).
type Field struct {
	Key   FieldID   `yaml:"key"`
	Label Text      `yaml:"label"`
	Hint  Text      `yaml:"hint,omitempty"`
	Type  FieldType `yaml:"type"`
	// Vocabulary is "programmes", "tracks", "ladder", "competencies", "certificates" or the name of a
	// Vocabulary. On a text field it only offers choices; any other text is allowed.
	Vocabulary    string   `yaml:"vocabulary,omitempty"`
	Required      bool     `yaml:"required,omitempty"`
	PerCompetency bool     `yaml:"per_competency,omitempty"`
	Min           *float64 `yaml:"min,omitempty"`
	Max           *float64 `yaml:"max,omitempty"`
	MaxLen        int      `yaml:"max_len,omitempty"`
	Width         float64  `yaml:"width,omitempty"`
	Aliases       []string `yaml:"aliases,omitempty"` // other headers that mean this field
	Since         int      `yaml:"since,omitempty"`   // form version that introduced it; 0 = always
}

// Severity of an issue. A trial rule warns while it is being proved, then graduates.
type Severity string

const (
	SeverityError   Severity = "error"   // the submission is not taken
	SeverityWarning Severity = "warning" // taken; a person should look, and may confirm
	SeverityTrial   Severity = "trial"   // taken; the rule itself is on trial
)

// Rule is one check with everything that is ever said about it.
// Message and Fix are templates over {field} {header} {got} {want} {cell} {sheet} {file} {count} and
// the rule's own Names.
type Rule struct {
	Code     RuleID   `yaml:"code"`
	Severity Severity `yaml:"severity"`
	Stage    string   `yaml:"stage"` // file, form, version, keys, required, type, range, cross_field, cross_sheet, cross_file
	Title    Text     `yaml:"title"`
	Message  Text     `yaml:"message"`
	Fix      Text     `yaml:"fix"`
	Why      Text     `yaml:"why,omitempty"`
	Names    []string `yaml:"names,omitempty"`     // the rule's own names, usable as {name} in Message and Fix
	Before   string   `yaml:"before,omitempty"`    // example of a cell that breaks the rule
	BeforeEN string   `yaml:"before_en,omitempty"` // in English, where that differs
	After    string   `yaml:"after,omitempty"`     // the same cell mended
	AfterEN  string   `yaml:"after_en,omitempty"`  // in English, where that differs
	Retired  bool     `yaml:"retired,omitempty"`
}

// Example is a cell that breaks the rule and the same cell mended, each in both languages.
func (r *Rule) Example() (before, after Text) {
	return Text{ZH: r.Before, EN: cmp.Or(r.BeforeEN, r.Before)}, Text{ZH: r.After, EN: cmp.Or(r.AfterEN, r.After)}
}

// LexiconEntry lists the words by which a free text mentions a competency.
type LexiconEntry struct {
	Competency CompetencyID `yaml:"competency"`
	Words      []string     `yaml:"words"`
}

// Campaign is the time of one annual round. After Closes a run freezes the year: what was
// published then changes no more unless the year is opened again with a reason.
type Campaign struct {
	Year   int    `yaml:"year"`
	Closes string `yaml:"closes"` // last day, 2006-01-02
	Note   Text   `yaml:"note,omitempty"`
}

// Closing is the last day of a year's campaign, 2006-01-02; "" where the codebook names none.
func (cb *Codebook) Closing(year int) string {
	for _, c := range cb.Campaigns {
		if c.Year == year {
			return c.Closes
		}
	}
	return ""
}

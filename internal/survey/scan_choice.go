package survey

import (
	"strings"
	"sync/atomic"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// answer is a text given for a vocabulary.
type answer struct{ vocabulary, text string }

// find is findChoice, remembered.
func (s *Scan) find(vocabulary, text string) choice {
	key := answer{vocabulary, text}
	if c, ok := s.lex.choices.Load(key); ok {
		return c.(choice)
	}
	var c choice
	if s.missed[key] {
		return c
	}
	c.item, c.how, c.ok = findChoice(s.Codebook, vocabulary, text)
	switch {
	case !c.ok:
		s.miss(key)
	case mayKeep(&s.lex.kept[0], text):
		s.lex.choices.Store(key, c)
	}
	return c
}

// miss remembers a text that names no item, for this submission alone.
func (s *Scan) miss(key answer) {
	if len(s.missed) >= seenLimit || len(key.text) >= 200 {
		return
	}
	if s.missed == nil {
		s.missed = make(map[answer]bool)
	}
	s.missed[key] = true
}

// mayKeep bounds what a lexicon remembers of texts that people typed.
func mayKeep(kept *atomic.Int32, text string) bool {
	return len(text) < 200 && kept.Load() < seenLimit && kept.Add(1) <= seenLimit
}

// Code reads one item of the field's vocabulary and returns its code; "" where missing.
func (s *Scan) Code(r Record, field codebook.FieldID) string {
	v := r.At(field)
	text, _, given := s.take(v)
	if !given {
		return ""
	}
	f := v.Column.Field
	c := s.find(f.Vocabulary, strings.TrimSuffix(text, ".0"))
	if !c.ok {
		s.notListed(v, text)
		return ""
	}
	if c.how != "" {
		s.Changed(v, c.item.Code, c.how)
	}
	return c.item.Code
}

// notListed reports an answer that no item of the vocabulary matches, with the nearest one.
func (s *Scan) notListed(v Value, piece string) {
	f := v.Column.Field
	if s.lenient[f.Key] {
		s.Changed(v, "− "+maskPersonal(piece), HowMapped)
		return
	}
	if v.Cell.Kind == Date {
		s.Report("V025", v, choicesText(s.Codebook, f.Vocabulary))
		return
	}
	want := choicesText(s.Codebook, f.Vocabulary)
	if s.merged.again(s.Issues, "V014", v.Ref, f.Key, piece, want) {
		return
	}
	near, hint, hintEN := "", "", ""
	if len(s.Issues) < issuesApart { // to look for one costs a thousand times what an answer does
		near = nearestChoice(s.Codebook, f.Vocabulary, piece)
	}
	if near != "" {
		hint, hintEN = "，最接近的是“"+near+"”", "; the nearest is “"+near+"”"
	}
	s.Issues = append(s.Issues, NewIssue(s.Codebook, "V014", v.Ref, f.Key, v.Header(), piece, want, "near", hint, "near_en", hintEN))
}

// answerRunes is how long an answer may be where its field sets no length of its own: more than all items of
// any list of several choices with their names in both languages.
const answerRunes = 600

// textRunes is that of a free text.
const textRunes = 5000

// several is take for a cell with several answers. One that is too long is not cut up: it is an issue and
// no answer, so that what a cell costs is bounded.
func (s *Scan) several(r Record, field codebook.FieldID) (v Value, text string, given bool) {
	v = r.At(field)
	if text, _, given = s.take(v); !given {
		return v, "", false
	}
	most := v.Column.Field.MaxLen
	if most == 0 {
		most = answerRunes
	}
	return v, text, s.within(v, text, most)
}

// unknownApart is how many unknown answers of one cell are reported each for itself; the others follow
// together.
const unknownApart = 8

// eachUnknown calls report for the unknown answers of one cell, once for one that stands there twice.
func (s *Scan) eachUnknown(v Value, all []string, report func(Value, string)) {
	var pieces []string
	for _, p := range all {
		pieces = appendNew(pieces, p)
	}
	if len(pieces) > unknownApart+1 && !s.lenient[fieldKey(v)] {
		pieces = append(pieces[:unknownApart:unknownApart], strings.Join(pieces[unknownApart:], "、"))
	}
	for _, p := range pieces {
		report(v, p)
	}
}

// Codes reads several items of the field's vocabulary, in the order written, without repeats.
func (s *Scan) Codes(r Record, field codebook.FieldID) []string {
	v, text, given := s.several(r, field)
	if !given {
		return nil
	}
	f := v.Column.Field
	find := s.chosen
	if text != v.Cell.Text {
		find = s.listed // the whole cell was translated
	}
	pieces := s.split(f, text, func(p string) bool { return find(f, p).ok })
	var codes, unknown []string
	how := ""
	if len(pieces) > 1 && !plainlyJoined(text, pieces) {
		how = HowSeparators
	}
	for _, p := range pieces {
		c := find(f, p)
		if !c.ok {
			unknown = append(unknown, p)
			continue
		}
		if c.how == HowMapped || c.how != "" && len(pieces) == 1 {
			how = c.how
		} else if c.how != "" && how == "" {
			how = HowSeparators
		}
		codes = appendNew(codes, c.item.Code)
	}
	s.eachUnknown(v, unknown, s.notListed)
	if how != "" && len(codes) > 0 {
		s.Changed(v, strings.Join(codes, " "), how)
	}
	return codes
}

// listed finds the item of the field's vocabulary that a text names.
func (s *Scan) listed(f *codebook.Field, text string) choice { return s.find(f.Vocabulary, text) }

// chosen is listed for a text in the words of a foreign form, which a mapping may translate.
func (s *Scan) chosen(f *codebook.Field, text string) choice {
	to, ok := s.values[f.Key][codebook.Fold(text)]
	if !ok {
		return s.listed(f, text)
	}
	c := s.listed(f, to)
	c.how = HowMapped
	return c
}

// split cuts a cell with several answers. Where unknown ones are left out, the known ones beside them are not.
func (s *Scan) split(f *codebook.Field, text string, known func(string) bool) []string {
	pieces := splitChoices(text, known)
	if !s.lenient[f.Key] {
		return pieces
	}
	var out []string
	for _, p := range pieces {
		out = append(out, splitKnown(p, known)...)
	}
	return out
}

// plainlyJoined reports whether several answers were written the way the form asks.
func plainlyJoined(text string, pieces []string) bool {
	for _, sep := range []string{"、", ";", "；", "; "} {
		if text == strings.Join(pieces, sep) {
			return true
		}
	}
	return false
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

// IDs reads several identifiers (staff numbers).
func (s *Scan) IDs(r Record, field codebook.FieldID) []string {
	v, text, given := s.several(r, field)
	if !given {
		return nil
	}
	if v.Cell.Kind != Text {
		if id := s.identifier(v, text); id != "" {
			return []string{id}
		}
		return nil
	}
	var ids []string
	for _, id := range splitIDs(text) {
		ids = appendNew(ids, id)
	}
	if !plainlyJoined(text, ids) {
		s.Changed(v, strings.Join(ids, "、"), HowSeparators)
	}
	return ids
}

// Bool reads yes or no.
func (s *Scan) Bool(r Record, field codebook.FieldID) Answer[bool] {
	v := r.At(field)
	text, status, given := s.take(v)
	if !given {
		return Answer[bool]{Status: status}
	}
	if v.Cell.Kind == Bool {
		return Have(v.Cell.Num != 0)
	}
	switch codebook.Fold(text) {
	case "是", "对", "有", "√", "✓", "✔", "1", "y", "yes", "true", "t":
		return Have(true)
	case "否", "不", "不是", "没", "×", "✗", "x", "0", "n", "no", "false", "f":
		return Have(false)
	}
	s.Report("V024", v, "是 / 否")
	return Answer[bool]{}
}

// Certificates reads several "track level" pairs: 数据通信 HCIP, HCIP-Datacom; a track alone
// leaves the level open.
func (s *Scan) Certificates(r Record, field codebook.FieldID) []Certificate {
	v, text, given := s.several(r, field)
	if !given {
		return nil
	}
	read := s.mappedCertificate
	if text != v.Cell.Text {
		read = s.namedCertificate // the whole cell was translated
	}
	f := v.Column.Field
	pieces := s.split(f, text, func(p string) bool { return read(f, p).ok })
	how := ""
	if len(pieces) > 1 && !plainlyJoined(text, pieces) {
		how = HowSeparators
	}
	var out []Certificate
	var unknown []string
	for _, p := range pieces {
		c := read(f, p)
		if !c.ok {
			unknown = append(unknown, p)
			continue
		}
		if c.how != "" {
			how = c.how
		}
		if !containsCertificate(out, c.Certificate) {
			out = append(out, c.Certificate)
		}
	}
	s.eachUnknown(v, unknown, s.notCertificate)
	if how != "" && len(out) > 0 {
		s.Changed(v, certificatesText(out), how)
	}
	return out
}

// held is one certificate of a cell; ok is false where the text names none.
type held struct {
	Certificate
	how string
	ok  bool
}

func (s *Scan) namedCertificate(_ *codebook.Field, text string) (h held) {
	h.Certificate, h.ok = s.certificate(text)
	return h
}

// mappedCertificate is namedCertificate for a text in the words of a foreign form, which a mapping may translate.
func (s *Scan) mappedCertificate(f *codebook.Field, text string) held {
	to, ok := s.values[f.Key][codebook.Fold(text)]
	if !ok {
		return s.namedCertificate(f, text)
	}
	h := s.namedCertificate(f, to)
	h.how = HowMapped
	return h
}

func (s *Scan) certificate(text string) (Certificate, bool) {
	if c := s.find("certificates", text); c.ok {
		track, level, _ := strings.Cut(c.item.Code, "/")
		return Certificate{Track: codebook.TrackID(track), Level: codebook.LadderID(level)}, true
	}
	if c := s.find("tracks", text); c.ok {
		return Certificate{Track: codebook.TrackID(c.item.Code)}, true
	}
	level, rest := s.cutLevel(text)
	if level == "" || rest == "" {
		return Certificate{}, false
	}
	c := s.find("tracks", rest)
	return Certificate{Track: codebook.TrackID(c.item.Code), Level: level}, c.ok
}

// cutLevel takes a rung's code out of a text: "华为认证 hcip 数通" has HCIP and the rest.
func (s *Scan) cutLevel(text string) (codebook.LadderID, string) {
	upper := strings.ToUpper(narrow(text))
	for _, l := range s.Codebook.Items("ladder") {
		code := strings.ToUpper(l.Code)
		at := strings.Index(upper, code)
		if code == "" || at < 0 {
			continue
		}
		rest := upper[:at] + " " + upper[at+len(code):]
		for _, w := range []string{"认证", "证书", "工程师", "方向", "CERTIFICATE", "CERTIFICATION"} {
			rest = strings.ReplaceAll(rest, w, " ")
		}
		return codebook.LadderID(l.Code), strings.Trim(rest, " -_/·.()")
	}
	return "", ""
}

// notCertificate reports a piece that names no certificate, or writes down that a mapping leaves it out.
func (s *Scan) notCertificate(v Value, piece string) {
	if s.lenient[fieldKey(v)] {
		s.Changed(v, "− "+maskPersonal(piece), HowMapped)
		return
	}
	code := codebook.RuleID("V014")
	if s.find("ladder", piece).ok {
		code = "V023"
	}
	s.reportFound(code, v, piece, choicesText(s.Codebook, "tracks"), "near", "", "near_en", "")
}

func containsCertificate(list []Certificate, c Certificate) bool {
	for _, have := range list {
		if have == c {
			return true
		}
	}
	return false
}

func certificatesText(list []Certificate) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = string(c.Track)
		if c.Level != "" {
			parts[i] += "/" + string(c.Level)
		}
	}
	return strings.Join(parts, " ")
}

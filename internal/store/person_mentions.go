package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// mentioned is where a person stands in what is known of hand-ins, by whomever and whatever came of them.
type mentioned struct {
	all     []AttemptID // whose name or issues hold the staff number
	named   []AttemptID // of these, those whose file is the person's by its name or by what stands in it
	refused []string    // SHA-256 of named files that were never taken
	alike   []string    // names that hold the number, perhaps by chance, of files not known to be the person's
}

// mention is an attempt with one of its issues that may hold the number, or with none.
type mention struct {
	id               AttemptID
	submission       SubmissionID // that holds its bytes or content, 0 where they were never taken
	sum, name, field string
	redacted, tied   bool      // its bytes are known to have named somebody; a mended or returned copy names the person
	answers          bool      // what was taken of it names the person
	issue            [8]string // got and want first
}

func (m *mention) got() string  { return m.issue[0] }
func (m *mention) want() string { return m.issue[1] }

// staffFields are the fields whose answer is a staff number.
var staffFields = []string{"faculty_id", "co_visitors"}

// mentions finds a person in the names and issues of hand-ins, and the refused files that a mended copy in the
// database or one of the returned ones shows to be the person's. A file whose year is not known is of the
// year in which it came.
func mentions(ctx context.Context, q querier, scope []any, returned []string) (mentioned, error) {
	var out mentioned
	list, err := json.Marshal(append([]string{}, returned...))
	if err != nil {
		return out, err
	}
	who, others := Disguise{Staff: scope[1].(string)}, []string(nil)
	if who.short() {
		if others, err = queryOn(ctx, q, func(s *string) []any { return []any{s} }, staffUntil, scope[0], 9999); err != nil {
			return out, err
		}
	}
	const query = `SELECT *, held IN (` + theirSubmissions + `) FROM (SELECT a.id, coalesce(a.submission_id, (SELECT max(b.submission_id) FROM attempt b WHERE b.college = a.college AND b.sha256 = a.sha256), 0) AS held,
  a.sha256, a.name, a.sha256 IN (SELECT sha256 FROM redacted),
  a.sha256 <> '' AND (a.sha256 IN (SELECT value FROM json_each(?4)) OR a.sha256 IN (SELECT c.sha256 FROM correction c JOIN submission s ON s.college = c.college AND s.sha256 = c.by_sha256
    WHERE c.college = ?1 AND s.id IN (` + theirSubmissions + `))) AS tied,
  coalesce(i.field, '') AS field, coalesce(i.got, ''), coalesce(i.want, ''), coalesce(i.sheet, ''), coalesce(i.header, ''),
  coalesce(i.message_zh, ''), coalesce(i.message_en, ''), coalesce(i.fix_zh, ''), coalesce(i.fix_en, ''), i.attempt_id AS said
FROM attempt a LEFT JOIN issue i ON i.attempt_id = a.id
  AND instr(lower(concat_ws(' ', i.got, i.want, i.sheet, i.header, i.message_zh, i.message_en, i.fix_zh, i.fix_en)), lower(?2)) > 0
WHERE a.college = ?1 AND (?3 = 0 OR iif(a.year = 0, CAST(substr(a.received_at, 1, 4) AS INTEGER), a.year) <= ?3))
WHERE tied OR said IS NOT NULL OR instr(lower(name), lower(?2)) > 0 ORDER BY id`
	var said *int64
	found, err := queryOn(ctx, q, func(m *mention) []any {
		fields := []any{&m.id, &m.submission, &m.sum, &m.name, &m.redacted, &m.tied, &m.field}
		for i := range m.issue {
			fields = append(fields, &m.issue[i])
		}
		return append(fields, &said, &m.answers)
	}, query, append(slices.Clone(scope), string(list))...)
	for i := range found {
		out.add(&found[i], who, others)
	}
	out.all, out.named, out.refused = once(out.all), once(out.named), once(out.refused)
	for i := range found {
		m := &found[i]
		if _, theirs := slices.BinarySearch(out.named, m.id); !theirs && !m.answers && !m.redacted && who.alike(m.name) {
			out.alike = append(out.alike, m.name)
		}
	}
	out.alike = once(out.alike)
	return out, err
}

// add sorts in what one attempt says. What a short number or a word means depends on where it stands. Of a file
// that was taken its answers tell whose it is, never its name alone; once they name nobody any more, the name is
// a trace that is left.
func (x *mentioned) add(m *mention, who Disguise, others []string) {
	byName := m.redacted && who.Holds(m.name) || who.namesFile(m.name, others) && (m.submission == 0 || m.answers)
	staffCell := slices.Contains(staffFields, m.field)
	theirs := byName || staffCell && who.Holds(m.got())
	if staffCell && who.Holds(m.want()) { // the roster's guess, which for an unknown number is made by name: a namesake's too
		theirs = theirs || strings.TrimLeft(strings.TrimSpace(m.got()), "0") == strings.TrimLeft(who.Staff, "0")
	}
	if m.tied && m.submission == 0 {
		theirs = true
	}
	if theirs {
		x.named = append(x.named, m.id)
	}
	if theirs || (staffCell || who.Unmistakable()) && slices.ContainsFunc(m.issue[:], who.Holds) {
		x.all = append(x.all, m.id)
	}
	if theirs && m.submission == 0 && m.sum != "" {
		x.refused = append(x.refused, m.sum)
	}
}

// once sorts a list, each value once.
func once[T ~int64 | ~string](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

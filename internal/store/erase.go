package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Erasing says who is to be erased, and the copies that stand for the files that named them.
type Erasing struct {
	College string
	Disguise
	Account AccountID         // goes as a whole; 0 where there is none or it stays
	Until   int               // campaigns up to this year; 0 is all
	Copies  map[string][]byte // SHA-256 of a file as handed in → its bytes without the person
	Refusal survey.Issue      // of NamesErased: all that is said from now on of refused files that name the person
	Return  []string          // SHA-256 of files of which a returned copy names the person
	Outside []string          // absolute paths of files and folders beside the database that Forget removes too
}

// Erased says what an erasure changed.
type Erased struct {
	Pseudonym string `json:"pseudonym"`
	Visits    int    `json:"visits"`
	Rosters   int    `json:"rosters"`
	Files     int    `json:"files"` // as handed in, replaced by copies without the person
	Records   int    `json:"records"`
	Account   bool   `json:"account"` // an account went with it
}

// ErasePerson puts a pseudonym in the place of a person, in one transaction: in visits of every
// version, rosters, hand-ins, issues and file names. The answers stay, and so does the log, which knows
// people by their account's number; what was typed as the one who did something stands there for good.
// Forget then clears the disk; until it has, the old bytes are still there, and Unforgotten says so
// whatever becomes of this process.
func (s *Store) ErasePerson(ctx context.Context, e Erasing, act Act) (Erased, error) {
	if e.College == "" || e.Staff == "" || e.Pseudonym == "" || act.Reason == "" {
		return Erased{}, invalid("清除须写明工号和理由。", "An erasure names the staff number and the reason.")
	}
	return inBatch(ctx, s, func(b *Batch) (Erased, error) {
		if err := s.originals.owe(owing{e.Pseudonym, e.Outside}); err != nil {
			return Erased{}, err
		}
		return (&eraser{b, e, act, Erased{Pseudonym: e.Pseudonym}}).erase(ctx)
	})
}

// eraser is one erasure under way.
type eraser struct {
	*Batch
	Erasing
	act Act
	out Erased
}

func (e *eraser) erase(ctx context.Context) (Erased, error) {
	t, err := personTraces(ctx, e.tx, scopeOf(e.College, e.Staff, e.Until, actorOf(e.Account)), e.Return)
	if err != nil {
		return e.out, err
	}
	if len(t.Visits)+len(t.Rosters)+len(t.Attempts) == 0 && e.Account == 0 {
		return e.out, notFound("此人的信息", "data of this person")
	}
	for _, f := range t.Originals {
		if _, ok := e.Copies[f.SHA256]; !ok {
			return e.out, conflict("清除期间又有新的文件交来，请再试一次。", "A file came in meanwhile; try again.")
		}
	}
	detail := fmt.Sprintf(`{"pseudonym":%q,"visits":%d,"files":%d,"until":%d}`, e.Pseudonym, len(t.Visits), len(t.Originals), e.Until)
	since := e.record(e.College, e.act.By, "person.erased", "person/"+e.Pseudonym, detail)
	if err := e.exec(ctx, "INSERT INTO erasure (college, pseudonym, until_year, visits, by, at, reason, since, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
		e.College, e.Pseudonym, e.Until, len(t.Visits), e.act.By, stampTime(e.s.now()), e.Text(e.act.Reason), int64(since)); err != nil {
		return e.out, err
	}
	err = fill(
		func() error { return e.visits(ctx, t.Visits) },
		func() error { return e.rosters(ctx, t.Rosters) },
		func() error { return e.files(ctx, t.Originals, since) },
		func() error { return e.runs(ctx, t) },
		func() error { return e.handIns(ctx, t) },
		func() error { return e.refusals(ctx, t.Refused) },
		func() error { return e.actors(ctx) },
		func() error { return e.account(ctx) },
		func() error { return e.exec(ctx, "UPDATE erasure SET done = 1 WHERE done = 0") },
	)
	return e.out, err
}

// visits gives the visits another person, and the hash of what they say now.
func (e *eraser) visits(ctx context.Context, ids []VisitID) error {
	load, err := e.s.loader(ctx, e.tx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(ids, 200) {
		visits, err := load.visits(ctx, "id IN ("+idList(part)+") ORDER BY id")
		if err != nil {
			return err
		}
		for i := range visits {
			if err := e.visit(ctx, &visits[i]); err != nil {
				return err
			}
		}
	}
	e.out.Visits = len(ids)
	if e.Until == 0 {
		return e.exec(ctx, "DELETE FROM faculty WHERE college = ? AND id = ? COLLATE NOCASE", e.College, e.Staff)
	}
	return e.exec(ctx, "DELETE FROM faculty WHERE college = ?1 AND id = ?2 COLLATE NOCASE AND NOT EXISTS (SELECT 1 FROM visit WHERE college = ?1 AND faculty_id = ?2 COLLATE NOCASE)", e.College, e.Staff)
}

func (e *eraser) visit(ctx context.Context, v *StoredVisit) error {
	f := &v.Visit.Faculty
	if strings.EqualFold(f.ID, e.Staff) {
		f.ID, f.Name = e.Pseudonym, ErasedName
		if err := e.exec(ctx, "INSERT INTO faculty (college, id, name, department) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET department = excluded.department",
			e.College, f.ID, f.Name, f.Department); err != nil {
			return err
		}
	}
	v.Visit.CoVisitors, _ = e.list(v.Visit.CoVisitors)
	if err := e.exec(ctx, "UPDATE visit SET faculty_id = ?, faculty_name = ?, co_visitors = ?, content_sha256 = ? WHERE id = ?",
		f.ID, f.Name, listOf(&v.Visit.CoVisitors), ContentHash(&v.Visit), int64(v.ID)); err != nil {
		return err
	}
	return e.texts(ctx, "change", []string{"raw", "value"}, "visit_id = "+itoa(v.ID))
}

// idList writes ids for IN (…): numbers only.
func idList[T ~int64](ids []T) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = itoa(id)
	}
	return strings.Join(words, ",")
}

// sumList writes SHA-256 for IN (…).
func sumList(sums []string) string {
	if len(sums) == 0 {
		return ""
	}
	return "'" + strings.Join(sums, "','") + "'" // hex
}

// rosters replaces the person on rosters: on the list of faculty, its plan, and the assignments.
func (e *eraser) rosters(ctx context.Context, ids []int64) error {
	e.out.Rosters = len(ids)
	if len(ids) == 0 {
		return nil
	}
	for _, q := range []string{
		"UPDATE roster_faculty SET name = ?2, faculty_id = ?3 WHERE faculty_id = ?1 COLLATE NOCASE AND document_id IN (",
		"UPDATE roster_plan SET faculty_id = ?3 WHERE faculty_id = ?1 COLLATE NOCASE AND ?2 <> '' AND document_id IN (",
		"UPDATE roster_assignment SET faculty_id = ?3 WHERE faculty_id = ?1 COLLATE NOCASE AND ?2 <> '' AND document_id IN (",
	} {
		if err := e.exec(ctx, q+idList(ids)+")", e.Staff, ErasedName, e.Pseudonym); err != nil {
			return err
		}
	}
	return e.texts(ctx, "roster_assignment", []string{"note"}, "document_id IN ("+idList(ids)+")")
}

// files puts the copies in the place of the files as handed in.
func (e *eraser) files(ctx context.Context, files []PersonFile, since Moment) error {
	for _, f := range files {
		data := e.Copies[f.SHA256]
		sum := sumOf(data)
		e.spool.add(sum, data)
		if err := e.exec(ctx, "INSERT INTO original (sha256, size) VALUES (?, ?) ON CONFLICT DO NOTHING", sum, len(data)); err != nil {
			return err
		}
		at, err := currentOriginal(ctx, e.tx, f.SHA256)
		if err != nil {
			return err
		}
		if at == sum {
			continue
		}
		if err := e.exec(ctx, "INSERT INTO redacted (sha256, copy_sha256, since) VALUES (?, ?, ?)", at, sum, int64(since)); err != nil {
			return err
		}
		e.out.Files++
	}
	return nil
}

// handIns replaces the person in what is known of the hand-ins: file names and issues.
func (e *eraser) handIns(ctx context.Context, t PersonTraces) error {
	var all []string
	for _, f := range slices.Concat(t.Originals, t.Refused) {
		all = append(all, f.SHA256)
	}
	sums := sumList(all)
	attempts := "id IN (" + idList(t.Attempts) + ")"
	return fill(
		func() error {
			return e.texts(ctx, "submission", []string{"name"}, "sha256 IN ("+sums+")")
		},
		func() error { return e.texts(ctx, "attempt", []string{"name"}, attempts) },
		func() error {
			return e.exec(ctx, `UPDATE attempt SET name = s.name || ' #' || attempt.id FROM submission s JOIN redacted r ON r.sha256 = s.sha256
WHERE s.college = attempt.college AND s.sha256 = attempt.sha256 AND attempt.name NOT IN (s.name, s.name || ' #' || attempt.id) AND attempt.`+attempts)
		},
		func() error {
			return e.texts(ctx, "issue", []string{"sheet", "header", "got", "want", "message_zh", "message_en", "fix_zh", "fix_en", "more"}, "attempt_"+attempts)
		},
		func() error {
			return e.texts(ctx, "ruling", []string{"reason"}, "sha256 IN ("+sums+")")
		},
		func() error { return e.stamps(ctx) },
		func() error {
			return e.texts(ctx, "comment", []string{"text"}, "object IN (SELECT 'submission/' || id FROM submission WHERE sha256 IN ("+sums+"))")
		},
	)
}

// refusals says of refused files that name the person nothing but that they do. So their bytes are known again
// where they still lie.
func (e *eraser) refusals(ctx context.Context, files []PersonFile) error {
	e.Refusal.Code = NamesErased
	for _, f := range files {
		if f.SHA256 == "" { // one that nobody could open is known by its name alone
			continue
		}
		ids, err := queryOn(ctx, e.tx, func(id *AttemptID) []any { return []any{id} },
			"SELECT id FROM attempt WHERE college = ? AND sha256 = ?", e.College, f.SHA256)
		if err == nil {
			err = e.exec(ctx, "DELETE FROM issue WHERE attempt_id IN ("+idList(ids)+")")
		}
		if err == nil {
			err = e.exec(ctx, "UPDATE attempt SET errors = 1, warnings = 0 WHERE id IN ("+idList(ids)+")")
		}
		if err != nil {
			return err
		}
		for _, id := range ids {
			e.addIssues(id, []survey.Issue{e.Refusal})
		}
	}
	return nil
}

// stamps removes those of files without people, and those whose path names the person. One whose person
// stays known in a later campaign stays as it is: beside the next run's it would say whose the pseudonym is.
func (e *eraser) stamps(ctx context.Context) error {
	err := e.exec(ctx, "DELETE FROM stamp WHERE sha256 IN (SELECT sha256 FROM "+redactedBytes+")")
	if err != nil || e.Until != 0 {
		return err
	}
	paths, err := queryOn(ctx, e.tx, func(s *string) []any { return []any{s} }, "SELECT path FROM stamp")
	for _, path := range paths {
		if err == nil && e.Holds(path) {
			err = e.exec(ctx, "DELETE FROM stamp WHERE path = ?", path)
		}
	}
	return err
}

// keys are the columns by which a row of a table is found again.
var keys = map[string]string{"change": "visit_id, seq", "issue": "attempt_id, seq", "roster_assignment": "document_id, seq"}

// texts replaces the person in columns of the rows that a condition picks. Row by row: which characters
// belong to a number SQL cannot tell.
func (e *eraser) texts(ctx context.Context, table string, columns []string, where string) error {
	key := strings.Split(keys[table], ", ")
	if keys[table] == "" {
		key = []string{"id"}
	}
	type row struct{ values []string }
	all := append(slices.Clone(key), columns...)
	rows, err := queryOn(ctx, e.tx, func(r *row) []any {
		r.values = make([]string, len(all))
		out := make([]any, len(all))
		for i := range out {
			out[i] = &r.values[i]
		}
		return out
	}, "SELECT "+strings.Join(all, ", ")+" FROM "+table+" WHERE "+where)
	if err != nil {
		return err
	}
	update := "UPDATE " + table + " SET " + strings.Join(columns, " = ?, ") + " = ? WHERE " + strings.Join(key, " = ? AND ") + " = ?"
	for _, r := range rows {
		var args []any
		changed := false
		for _, text := range r.values[len(key):] {
			now := e.Text(text)
			if now != text && table == "attempt" { // whose name must differ from that of the same bytes handed in otherwise
				now += " #" + r.values[0]
			}
			changed = changed || now != text
			args = append(args, now)
		}
		if !changed {
			continue
		}
		for _, k := range r.values[:len(key)] {
			args = append(args, k)
		}
		e.out.Records++
		if err := e.exec(ctx, update, args...); err != nil {
			return err
		}
	}
	return nil
}

// signed are the columns that hold who did something: an account, or what was typed as the one who did it.
var signed = [][2]string{{"submission", "received_by"}, {"attempt", "received_by"}, {"ruling", "by"}, {"enterprise_act", "by"}, {"enterprise_act", "undone_by"},
	{"enterprise_candidate", "by"}, {"campaign_state", "by"}, {"comment", "by"}, {"proposal_reader", "by"}}

// actors replaces the person where an act was signed by hand with the staff number.
func (e *eraser) actors(ctx context.Context) error {
	if e.Until != 0 {
		return nil
	}
	for _, at := range signed {
		if err := e.exec(ctx, "UPDATE "+at[0]+" SET "+at[1]+" = ? WHERE college = ? AND "+at[1]+" = ? COLLATE NOCASE", e.Pseudonym, e.College, e.Staff); err != nil {
			return err
		}
	}
	return nil
}

// jsonString is a string in a JSON text. A number that has the digits of a staff number is no person.
var jsonString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// runs replaces the person in the file names that runs have noted, and puts the new hash of such a
// record on the log.
func (e *eraser) runs(ctx context.Context, t PersonTraces) error {
	names, err := queryOn(ctx, e.tx, func(s *string) []any { return []any{s} }, "SELECT name FROM attempt WHERE id IN ("+idList(t.Attempts)+")")
	for _, f := range slices.Concat(t.Originals, t.Refused) {
		names = append(names, f.Name)
	}
	if err != nil || !slices.ContainsFunc(names, e.Holds) {
		return err
	}
	type row struct {
		id      RunID
		college string
		moment  *int64
		record  string
	}
	rows, err := queryOn(ctx, e.tx, func(r *row) []any { return []any{&r.id, &r.college, &r.moment, &r.record} }, "SELECT id, college, moment, record FROM run WHERE college = ?", e.College)
	for _, r := range rows {
		if err != nil {
			return err
		}
		now := jsonString.ReplaceAllStringFunc(r.record, func(s string) string { return `"` + e.Text(s[1:len(s)-1]) + `"` })
		if now == r.record || !json.Valid([]byte(now)) {
			continue
		}
		e.out.Records++
		if r.moment != nil {
			e.record(r.college, e.act.By, "run.redacted", "run/"+itoa(r.id), recordDetail(json.RawMessage(now)))
		}
		err = e.exec(ctx, "UPDATE run SET record = ? WHERE id = ?", now, int64(r.id))
	}
	return err
}

// account removes the account with its sessions.
func (e *eraser) account(ctx context.Context) error {
	if e.Account == 0 {
		return nil
	}
	e.out.Account = true
	e.record(e.College, e.act.By, "account.erased", "account/"+itoa(e.Account), "")
	return e.exec(ctx, "DELETE FROM account WHERE id = ?", int64(e.Account))
}

// redactedBytes are the files that are known to have named somebody who was erased: those that a copy stands
// for, and others that said the same.
const redactedBytes = `(SELECT sha256 FROM redacted
  UNION ALL SELECT a.sha256 FROM redacted r JOIN submission s ON s.sha256 = r.sha256 JOIN attempt a ON a.submission_id = s.id)`

// currentOriginal follows a file as handed in to the copy that stands for it now.
func currentOriginal(ctx context.Context, q querier, sum string) (string, error) {
	const query = `WITH RECURSIVE stands(sha256, n) AS (SELECT ?1, 0 UNION ALL SELECT r.copy_sha256, n + 1 FROM stands JOIN redacted r ON r.sha256 = stands.sha256)
SELECT sha256 FROM stands ORDER BY n DESC LIMIT 1`
	err := q.QueryRowContext(ctx, query, sum).Scan(&sum)
	return sum, err
}

// Redacted reports whether a file as handed in is gone and a copy without a person stands for it.
func (r *Reader) Redacted(ctx context.Context, sum string) (bool, error) {
	var yes bool
	err := r.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM redacted WHERE sha256 = ?)", sum).Scan(&yes)
	return yes, explain(r.path, err)
}

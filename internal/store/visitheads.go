package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// VisitHead is what a list shows of a visit that counts: without its answers.
type VisitHead struct {
	ID         VisitID
	Submission SubmissionID
	Year       int
	Day        survey.Day
	Faculty    survey.Faculty
	CoVisitors []string // staff numbers
	Programmes []codebook.ProgrammeID
	Enterprise string // name as written
	Key        string // of the enterprise as written
	PSU        string // key of the enterprise it counts for, merges and splits applied
	Industry   string
	Size       string
	Jobs       int
	File       string
	Received   time.Time
	By         string // who handed it in
}

// VisitHeads lists the visits of a year that count, by day and id, as the database is now. With a
// staff number only those that this person made, alone or with others.
func (r *Reader) VisitHeads(ctx context.Context, year int, faculty string) ([]VisitHead, error) {
	const q = `SELECT v.id, v.submission_id, v.year, v.day, v.faculty_id, v.faculty_name, v.department, v.co_visitors, v.programmes, v.enterprise_name, v.enterprise_key, r.key,
  v.industry, v.size, (SELECT count(*) FROM job j WHERE j.id >= v.id << 15 AND j.id < (v.id + 1) << 15), v.file, v.received_at, v.received_by
FROM visit_view v JOIN enterprise r ON r.id = v.psu
WHERE (?1 = '' OR v.college = ?1) AND (?2 = 0 OR v.year = ?2)
  AND (?3 = '' OR v.faculty_id = ?3 COLLATE NOCASE OR EXISTS (SELECT 1 FROM json_each(v.co_visitors) j WHERE j.value = ?3 COLLATE NOCASE))
ORDER BY v.day, v.id`
	return queryAll(ctx, r, func(h *VisitHead) []any {
		return []any{&h.ID, &h.Submission, &h.Year, &h.Day, &h.Faculty.ID, &h.Faculty.Name, &h.Faculty.Department, listOf(&h.CoVisitors), listOf(&h.Programmes),
			&h.Enterprise, &h.Key, &h.PSU, &h.Industry, &h.Size, &h.Jobs, &h.File, timeOf(&h.Received), &h.By}
	}, q, r.college, year, faculty)
}

// Makers tells who made the visits named, by their numbers: the teacher and who went along, nothing else
// of the visit. Whether they count does not matter.
func (r *Reader) Makers(ctx context.Context, ids []VisitID) (map[VisitID]survey.Visit, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	type row struct {
		id    VisitID
		visit survey.Visit
	}
	found, err := queryAll(ctx, r, func(x *row) []any {
		return []any{&x.id, &x.visit.Faculty.ID, &x.visit.Faculty.Name, &x.visit.Faculty.Department, listOf(&x.visit.CoVisitors)}
	}, "SELECT v.id, v.faculty_id, v.faculty_name, v.department, v.co_visitors FROM json_each(?) j JOIN visit v ON v.id = j.value", string(list))
	made := make(map[VisitID]survey.Visit, len(found))
	for _, x := range found {
		made[x.id] = x.visit
	}
	return made, err
}

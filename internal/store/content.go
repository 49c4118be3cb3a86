package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ContentHash is the SHA-256 of what a visit says, without the file, sheet and cells it says it
// in and without the normalisations made on the way: two workbooks with the same hash hold the
// same visit. The order of jobs, trends, suggestions and of codes in a list does not matter; an
// unrated competency equals an absent one.
func ContentHash(v *survey.Visit) string {
	c := newCanon("qianqi visit 1")
	c.texts(v.College)
	c.number(v.Year)
	c.texts(string(v.Day), v.Mode, v.Faculty.ID, v.Faculty.Name, v.Faculty.Department)
	c.set(v.CoVisitors)
	c.set(textsOf(v.Programmes))
	c.enterprise(&v.Enterprise)
	c.set(v.Partnership)
	c.texts(v.IntervieweeRole)
	c.answers(v.GraduatesHired, v.Satisfaction)
	c.set(eachOf(v.Jobs, jobContent))
	c.set(eachOf(v.Trends, trendContent))
	c.set(eachOf(v.Suggestions, suggestionContent))
	return c.sum()
}

func (c *canon) enterprise(e *survey.Enterprise) {
	c.texts(e.Name, e.USCC, e.Industry, e.Division, e.Size, e.Ownership, e.Region)
	c.answers(e.Employees)
	c.set(e.Ecosystems)
}

func jobContent(j *survey.Job) string {
	c := newCanon("job")
	c.texts(j.Title, string(j.Family), string(j.Programme), j.Education, j.Requirement)
	c.answers(j.Headcount, j.PlannedHires, j.SalaryMin, j.SalaryMax)
	c.decimal(j.Experience)
	c.set(eachOf(j.Certificates, func(x *survey.Certificate) string { return string(x.Track) + "/" + string(x.Level) }))
	ratings := make([]string, 0, len(j.Ratings))
	for _, r := range j.Ratings {
		if text := ratingText(&r); text != "---" {
			ratings = append(ratings, string(r.Competency)+"="+text)
		}
	}
	c.set(ratings)
	return c.sum()
}

func trendContent(t *survey.Trend) string {
	c := newCanon("trend")
	c.texts(t.Technology, t.Direction, t.Horizon, t.Effect)
	return c.sum()
}

func suggestionContent(s *survey.Suggestion) string {
	c := newCanon("suggestion")
	c.texts(s.Module, s.Kind, s.Text)
	return c.sum()
}

// canon hashes values such that no two different lists of values give the same bytes: each is
// preceded by its length.
type canon struct {
	h   hash.Hash
	buf []byte
}

func newCanon(kind string) *canon {
	c := &canon{h: sha256.New(), buf: make([]byte, 0, 512)}
	c.texts(kind)
	return c
}

func (c *canon) texts(ss ...string) {
	for _, s := range ss {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(s)))
		c.buf = append(c.buf, s...)
	}
}

func (c *canon) number(n int) { c.buf = binary.AppendVarint(c.buf, int64(n)) }

func (c *canon) answers(as ...survey.Answer[int]) {
	for _, a := range as {
		c.buf = append(c.buf, byte(a.Status))
		if a.Known() {
			c.number(a.Value)
		}
	}
}

func (c *canon) decimal(a survey.Answer[float64]) {
	c.buf = append(c.buf, byte(a.Status))
	if a.Known() {
		c.buf = binary.BigEndian.AppendUint64(c.buf, math.Float64bits(a.Value))
	}
}

// set adds a list whose order means nothing.
func (c *canon) set(ss []string) {
	sorted := slices.Sorted(slices.Values(ss))
	c.number(len(sorted))
	c.texts(sorted...)
}

func (c *canon) sum() string {
	c.h.Write(c.buf)
	return hex.EncodeToString(c.h.Sum(nil))
}

func textsOf[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

func eachOf[T any](list []T, f func(*T) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}

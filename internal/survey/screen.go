package survey

import (
	"hash/maphash"
	"strconv"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// The rules of the screening are those of the catalogue from the first to the last.
const (
	FirstScreening codebook.RuleID = "V080"
	LastScreening  codebook.RuleID = "V089"
)

// Effort is the limits of the screening. What lies beyond them is offered to a person as a
// question, never as a verdict.
type Effort struct {
	Ratings   int     // least ratings in a visit before their sameness says anything
	SameShare float64 // share of equal ratings from which a visit is asked about
	TwinShare float64 // share of equal answers from which two visits are asked about
	TextRunes int     // least length of a text before its repetition says anything
	OnSite    int     // visits on site that one person can make in a day
	PerDay    int     // visits of any kind that one person can make in a day
}

// DefaultEffort returns the limits used unless the office sets others.
func DefaultEffort() Effort {
	return Effort{Ratings: 14, SameShare: 0.9, TwinShare: 0.95, TextRunes: 30, OnSite: 4, PerDay: 8}
}

// Screen looks over many visits for signs of haste and copying: straight-lining, nothing but
// fives, near-identical visits of different faculty, identical free text, more visits in a day
// than a person can make. The result has one list of issues per visit, in the same order; a
// copy is asked about where it comes later in that order. Time is linear in the visits.
func Screen(cb *codebook.Codebook, visits []*Visit, limits Effort) [][]Issue {
	s := &screening{cb: cb, visits: visits, limits: limits, out: make([][]Issue, len(visits)), seed: maphash.MakeSeed()}
	for i := range visits {
		s.straightLine(i)
	}
	s.twins()
	s.texts()
	s.days()
	return s.out
}

type screening struct {
	cb     *codebook.Codebook
	visits []*Visit
	limits Effort
	out    [][]Issue
	seed   maphash.Seed
}

func (s *screening) report(i int, code codebook.RuleID, at Ref, field codebook.FieldID, got, want string, args ...string) {
	s.out[i] = append(s.out[i], NewIssue(s.cb, code, at, field, "", got, want, args...))
}

// answers lists a job's ratings in a fixed order; 0 stands for a missing one.
func answers(j *Job, into []byte) []byte {
	for k := range j.Ratings {
		q := &j.Ratings[k]
		into = append(into, byte(q.Importance.Value), byte(q.Required.Value), byte(q.Graduate.Value))
	}
	return into
}

func firstRating(v *Visit) Ref {
	for i := range v.Jobs {
		if j := &v.Jobs[i]; len(j.Ratings) > 0 {
			return Ref{Sheet: j.Sheet, Row: j.Row, Col: j.Ratings[0].ImportanceCol}
		}
	}
	return Ref{Sheet: v.Sheet}
}

// straightLine asks about a visit most of whose ratings are one mark.
func (s *screening) straightLine(i int) {
	v := s.visits[i]
	var counts [6]int32
	var all []byte
	for k := range v.Jobs {
		all = answers(&v.Jobs[k], all[:0])
		for _, a := range all {
			if a >= 1 && a <= 5 {
				counts[a]++
			}
		}
	}
	mark, total, asked := s.limits.oneMark(counts)
	switch n := strconv.Itoa(total); {
	case asked && mark == 5 && int(counts[5]) == total:
		s.report(i, "V081", firstRating(v), "importance", "5", "", "count", n)
	case asked:
		share := float64(counts[mark]) / float64(total)
		s.report(i, "V080", firstRating(v), "importance", strconv.Itoa(mark), "", "count", n, "share", percentText(share))
	}
}

// oneMark says which mark was given most often in a visit and how many there are; asked is true where
// they are so many, and so much the same, that the visit is asked about.
func (l Effort) oneMark(counts [6]int32) (mark, total int, asked bool) {
	mark = 1
	for m, n := range counts {
		total += int(n)
		if n > counts[mark] {
			mark = m
		}
	}
	asked = total > 0 && total >= l.Ratings && (int(counts[5]) == total || float64(counts[mark])/float64(total) >= l.SameShare)
	return mark, total, asked
}

func percentText(share float64) string { return strconv.Itoa(int(share*100+0.5)) + "%" }

// bucketLimit bounds how many visits with one and the same job are compared with each other.
const bucketLimit = 20

// twins asks about visits by different faculty to different enterprises whose jobs and ratings
// are nearly all equal. Only visits that share a whole job are compared.
func (s *screening) twins() {
	buckets := make(map[uint64][]int)
	var buf []byte
	for i, v := range s.visits {
		best, share := -1, 0.0
		for k := range v.Jobs {
			hash, ok := s.jobHash(&v.Jobs[k], &buf)
			if !ok {
				continue
			}
			for _, other := range buckets[hash] {
				if n := s.sameShare(v, s.visits[other]); n > share && other != i {
					best, share = other, n
				}
			}
			if len(buckets[hash]) < bucketLimit {
				buckets[hash] = append(buckets[hash], i)
			}
		}
		if best >= 0 && share >= s.limits.TwinShare {
			o := s.visits[best]
			s.report(i, "V082", firstRating(v), "job_title", percentText(share), "",
				"share", percentText(share), "other", o.Faculty.ID, "enterprise", o.Enterprise.Name)
		}
	}
}

// jobHash is a hash of a job's title and ratings; ok is false where too little is said to
// tell it from others.
func (s *screening) jobHash(j *Job, buf *[]byte) (uint64, bool) {
	all := answers(j, (*buf)[:0])
	*buf = all
	if !s.limits.telling(all) {
		return 0, false
	}
	*buf = append(all, j.Title...)
	return maphash.Bytes(s.seed, *buf), true
}

// telling reports whether a job's ratings tell it from others: half of what a visit needs, and not
// one mark alone.
func (l Effort) telling(ratings []byte) bool {
	var seen [6]bool
	known, marks := 0, 0
	for _, a := range ratings {
		if a < 1 || a > 5 {
			continue
		}
		known++
		if !seen[a] {
			seen[a] = true
			marks++
		}
	}
	return known >= l.Ratings/2 && marks >= 2
}

// sameShare is the share of equal answers of two visits that could be copies of each other; 0
// for two visits of one person, or to one enterprise.
func (s *screening) sameShare(a, b *Visit) float64 {
	if a.Faculty.ID == b.Faculty.ID || enterpriseOf(a) == enterpriseOf(b) {
		return 0
	}
	same, total := 0, 0
	for k := range max(len(a.Jobs), len(b.Jobs)) {
		if k >= len(a.Jobs) || k >= len(b.Jobs) {
			total += 21
			continue
		}
		n, of := sameAnswers(&a.Jobs[k], &b.Jobs[k])
		same, total = same+n, total+of
	}
	if total == 0 {
		return 0
	}
	return float64(same) / float64(total)
}

func enterpriseOf(v *Visit) string { return EnterpriseKey(v.Enterprise.USCC, v.Enterprise.Name) }

// sameAnswers counts equal answers of two jobs, and the answers that either gives.
func sameAnswers(a, b *Job) (same, total int) {
	count := func(given, equal bool) {
		if given {
			total++
			if equal {
				same++
			}
		}
	}
	count(true, a.Title == b.Title)
	count(true, a.Family == b.Family)
	count(a.Headcount.Known() || b.Headcount.Known(), a.Headcount == b.Headcount)
	count(a.SalaryMin.Known() || b.SalaryMin.Known(), a.SalaryMin == b.SalaryMin)
	count(a.SalaryMax.Known() || b.SalaryMax.Known(), a.SalaryMax == b.SalaryMax)
	for k := range min(len(a.Ratings), len(b.Ratings)) {
		p, q := &a.Ratings[k], &b.Ratings[k]
		count(p.Importance.Known() || q.Importance.Known(), p.Importance == q.Importance)
		count(p.Required.Known() || q.Required.Known(), p.Required == q.Required)
		count(p.Graduate.Known() || q.Graduate.Known(), p.Graduate == q.Graduate)
	}
	return same, total
}

// texts asks about free texts that stand word for word at another enterprise.
func (s *screening) texts() {
	first := make(map[uint64]int)
	for i, v := range s.visits {
		look := func(field codebook.FieldID, text string, at Ref) {
			if utf8.RuneCountInString(text) < s.limits.TextRunes {
				return
			}
			key := maphash.String(s.seed, codebook.Fold(text))
			other, seen := first[key]
			if !seen {
				first[key] = i
				return
			}
			o := s.visits[other]
			if enterpriseOf(o) != enterpriseOf(v) {
				s.report(i, "V083", at, field, text, "", "other", o.Faculty.ID, "enterprise", o.Enterprise.Name)
			}
		}
		for k := range v.Jobs {
			look("requirement_text", v.Jobs[k].Requirement, v.Jobs[k].RequirementAt)
		}
		for _, t := range v.Trends {
			look("effect", t.Effect, t.At)
		}
		for _, g := range v.Suggestions {
			look("text", g.Text, g.At)
		}
	}
}

// shiftLoad is how many visits one person made in a day.
type shiftLoad struct{ all, onSite int32 }

func (l *shiftLoad) add(mode string) {
	l.all++
	if mode == "on_site" {
		l.onSite++
	}
}

// possible reports whether one person can make these visits in a day.
func (l Effort) possible(load shiftLoad) bool {
	return int(load.all) <= l.PerDay && int(load.onSite) <= l.OnSite
}

// days asks about days with more visits of one person than there are hours for.
func (s *screening) days() {
	type shift struct {
		faculty string
		day     Day
	}
	loads := make(map[shift]shiftLoad)
	for _, v := range s.visits {
		if v.Faculty.ID == "" || v.Day == "" {
			continue
		}
		key := shift{v.Faculty.ID, v.Day}
		l := loads[key]
		l.add(v.Mode)
		loads[key] = l
	}
	for i, v := range s.visits {
		l := loads[shift{v.Faculty.ID, v.Day}]
		if s.limits.possible(l) {
			continue
		}
		s.report(i, "V084", v.Cells["visit_date"], "visit_date", v.Faculty.ID, strconv.Itoa(s.limits.OnSite),
			"date", string(v.Day), "count", strconv.Itoa(int(l.all)), "onsite", strconv.Itoa(int(l.onSite)))
	}
}

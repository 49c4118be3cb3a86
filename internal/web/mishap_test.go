package web

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// form is an upload as a browser sends it.
func form(t testing.TB, files ...file) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		part, err := w.CreateFormFile("files", f.name)
		if err == nil {
			_, err = part.Write(f.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// untouched fails the test where anything of an upload stayed: a file that waits, a record of an
// attempt, a visit, a place in the queue.
func (s *site) untouched(why string) {
	s.t.Helper()
	attempts, err := s.c.Store.Attempts(context.Background(), store.Filter{})
	if err != nil {
		s.t.Fatal(err)
	}
	if n := s.parkedFiles(); n+len(attempts)+s.visits()+len(s.counter.tickets) != 0 {
		s.t.Errorf("%s: %d files wait, %d attempts are on record, %d visits, %d places in the queue are taken", why, n, len(attempts), s.visits(), len(s.counter.tickets))
	}
}

// What is too large or too much is refused before anything is read, and nothing of the upload stays, not
// even the sound file that came first.
func TestTooMuch(t *testing.T) {
	sound := file{"好.xlsx", aBook(t, aVisit("T1", 1))}
	size := int64(len(sound.data))
	many := make([]file, 12)
	for i := range many {
		many[i] = sound
	}
	for _, c := range []struct {
		why    string
		limits Limits
		files  []file
		says   string
	}{
		{"one file over its limit", Limits{File: size + 10}, []file{sound, {"大.xlsx", append(bytes.Clone(sound.data), make([]byte, 11)...)}}, "有一个文件太大"},
		{"all together over theirs", Limits{Upload: 2 * size}, []file{sound, sound, sound}, "合起来太大"},
		{"too many", Limits{Files: 2}, many, "太多"},
		{"over the allowance of the day", Limits{DailySize: size + size/2}, []file{sound, sound}, "上限"},
	} {
		t.Run(c.why, func(t *testing.T) {
			s := newSite(t, func(o *Options) { o.Limits = c.limits })
			s.add("T1", campaign.Faculty)
			got := s.as("T1").hand(c.files...)
			if got.Code != http.StatusRequestEntityTooLarge && got.Code != http.StatusTooManyRequests || !strings.Contains(got.text(), c.says) {
				t.Errorf("%d %s", got.Code, got.main())
			}
			s.untouched(c.why)
		})
	}
}

// What a file is, its bytes say: a name that ends in .xlsx helps nobody.
func TestWrongType(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	for _, c := range []struct {
		why  string
		data []byte
	}{
		{"a PDF", []byte("%PDF-1.7\n%âãÏÓ\n1 0 obj")},
		{"a picture", []byte("\x89PNG\r\n\x1a\n0000IHDR")},
		{"a page", []byte("<!DOCTYPE html><script>alert(1)</script>")},
		{"a program", []byte("MZ\x90\x00\x03\x00\x00\x00")},
		{"an old or encrypted workbook", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...)},
		{"an archive of something else", archive(t, 1)},
		{"an archive of more than a workbook can hold", archive(t, 20_000)},
		{"half a workbook", aBook(t, aVisit("T1", 1))[:4000]},
		{"nothing", nil},
	} {
		page := v.get(v.handOne("走访.xlsx", c.data)).want(t, http.StatusOK, "没有收下")
		if strings.Contains(page.text(), "确认提交") || strings.Contains(page.text(), "goroutine") {
			t.Errorf("%s: %s", c.why, page.main())
		}
	}
	if s.visits() != 0 {
		t.Errorf("%d visits came of it", s.visits())
	}
}

// archive is a zip archive of so many empty files.
func archive(t *testing.T, entries int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range entries {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("xl/%d.xml", i)}); err != nil { // stored: a deflater for each would be all of the test
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// trickle sends a body in pieces with a pause after each.
type trickle struct {
	data  []byte
	piece int
	pause time.Duration
}

func (r *trickle) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	time.Sleep(r.pause)
	n := copy(p, r.data[:min(r.piece, len(r.data))])
	r.data = r.data[n:]
	return n, nil
}

// A slow line may take longer than an ordinary request as long as bytes keep coming; a line that hardly
// moves is cut, and its place in the queue is free again.
func TestSlowLine(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Limits = Limits{Request: 500 * time.Millisecond, Rate: 4 << 10} })
	s.add("T1", campaign.Faculty)
	v := enter(t, s.open(), "T1")
	kind, body := form(t, file{"a.xlsx", aBook(t, aVisit("T1", 1))})
	pieces := func(n int, pause time.Duration) io.Reader {
		return &trickle{bytes.Clone(body), len(body)/n + 1, pause}
	}
	answer, err := v.send(http.MethodPost, "/upload", kind, pieces(12, 100*time.Millisecond))
	if err != nil || answer.StatusCode != http.StatusSeeOther {
		t.Errorf("a slow line that keeps going: %v %v", answer, err)
	}
	if n := s.parkedFiles(); n != 2 {
		t.Fatalf("%d files wait, want the workbook and its note", n)
	}
	began := time.Now()
	answer, err = v.send(http.MethodPost, "/upload", kind, pieces(len(body), 50*time.Millisecond))
	if err == nil && answer.StatusCode != http.StatusBadRequest || time.Since(began) > trial.Patience/2 {
		t.Errorf("a line that hardly moves: %v after %v", answer, time.Since(began))
	}
	s.soon("the place in the queue is free again", func() bool { return len(s.counter.tickets) == 0 })
	if n := s.parkedFiles(); n != 2 {
		t.Errorf("%d files wait after the line was cut", n)
	}
}

// soon waits for what happens in another goroutine.
func (s *site) soon(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(trial.Patience); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("it never came true that %s", what)
		}
	}
}

// A connection that is cut in the middle of the second file leaves nothing behind, not even the first.
func TestCutConnection(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	base := s.open()
	v := enter(t, base, "T1")
	book := aBook(t, aVisit("T1", 1))
	kind, body := form(t, file{"a.xlsx", book}, file{"b.xlsx", book})
	line, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(line, "POST /upload HTTP/1.1\r\nHost: x\r\nCookie: %s=%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", sessionCookie, v.cookie, kind, len(body))
	if _, err := line.Write(body[:len(body)-100]); err != nil {
		t.Fatal(err)
	}
	s.soon("both files are being written", func() bool { return s.parkedFiles() == 3 })
	line.Close()
	s.soon("nothing is under way", func() bool { return len(s.counter.tickets) == 0 })
	s.untouched("a cut connection")
}

// When the queue is full whoever comes is told at once, with the time to come again, and gets in once there
// is room. A dozen come in every test run, a thousand while soaking.
func TestQueueIsFull(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Limits.Waiting = 3 })
	s.add("T1", campaign.Faculty)
	base := s.open()
	v := enter(t, base, "T1")
	finish := s.underWay(v, "T1", 3)
	comers := trial.Rounds(12, 1000)
	late := file{"late.xlsx", aBook(t, aVisit("T1", 9))}
	var crowd sync.WaitGroup
	for range comers {
		crowd.Go(func() {
			answer, err := v.upload(late)
			if err != nil || answer.StatusCode != http.StatusTooManyRequests {
				t.Errorf("one too many: %v %v", answer, err)
				return
			}
			if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err != nil || seconds < 1 {
				t.Errorf("Retry-After %q", answer.Header.Get("Retry-After"))
			}
		})
	}
	crowd.Wait()
	if n := s.metrics.busy.Load(); n != int64(comers) {
		t.Errorf("%d were turned away, %d are counted", comers, n)
	}
	finish()
	if answer, err := v.upload(late); err != nil || answer.StatusCode != http.StatusSeeOther {
		t.Errorf("once there is room: %v %v", answer, err)
	}
	if n := s.parkedFiles(); n != 8 {
		t.Errorf("%d files wait, want four workbooks with their notes", n)
	}
}

// One person's slow uploads take a few places, not everybody's.
func TestOnePersonTakesAFewPlaces(t *testing.T) {
	s := newSite(t, func(o *Options) { o.Limits.Together = 2 })
	s.add("T1", campaign.Faculty)
	s.add("T2", campaign.Faculty)
	base := s.open()
	v, other := enter(t, base, "T1"), enter(t, base, "T2")
	finish := s.underWay(v, "T1", 2)
	if answer, err := v.upload(file{"b.xlsx", aBook(t, aVisit("T1", 8))}); err != nil || answer.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many of one person: %v %v", answer, err)
	}
	if answer, err := other.upload(file{"c.xlsx", aBook(t, aVisit("T2", 9))}); err != nil || answer.StatusCode != http.StatusSeeOther {
		t.Errorf("somebody else: %v %v", answer, err)
	}
	finish()
	s.soon("nothing is remembered of those who left", func() bool {
		s.counter.mu.Lock()
		defer s.counter.mu.Unlock()
		return len(s.counter.under) == 0
	})
}

// underWay begins that many uploads of a person, each of which holds a place until finish.
func (s *site) underWay(v *client, staff string, n int) (finish func()) {
	s.t.Helper()
	var held sync.WaitGroup
	release := make(chan struct{})
	for i := range n {
		kind, body := form(s.t, file{"a.xlsx", aBook(s.t, aVisit(staff, i))})
		held.Go(func() {
			answer, err := v.send(http.MethodPost, "/upload", kind, io.MultiReader(bytes.NewReader(body[:100]), until(release), bytes.NewReader(body[100:])))
			if err != nil || answer.StatusCode != http.StatusSeeOther {
				s.t.Errorf("one of those under way: %v %v", answer, err)
			}
		})
	}
	s.soon("all are under way", func() bool { return len(s.counter.tickets) == n })
	return func() {
		close(release)
		held.Wait()
	}
}

// until is a body that ends when a channel closes.
func until(release <-chan struct{}) io.Reader { return waiting(release) }

type waiting <-chan struct{}

func (w waiting) Read([]byte) (int, error) { <-w; return 0, io.EOF }

// The same file confirmed by many windows at once, and by two people who made the visit together, is one visit.
func TestAtOnce(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	s.add("T2", campaign.Faculty)
	visit := aVisit("T1", 1)
	visit.CoVisitors = []string{"T2"}
	book := aBook(t, visit)
	var windows []*visitor
	var checks []string
	for i := range 8 {
		v := s.as([]string{"T1", "T2"}[i%2])
		windows, checks = append(windows, v), append(checks, v.handOne("a.xlsx", book))
	}
	receipts := make([]string, len(windows))
	var all sync.WaitGroup
	for i, v := range windows {
		all.Go(func() {
			got := v.post(checks[i] + "/confirm")
			receipts[i], _, _ = strings.Cut(got.location(), "?")
		})
	}
	all.Wait()
	if s.visits() != 1 || s.parkedFiles() != 0 {
		t.Errorf("%d visits, %d files still wait", s.visits(), s.parkedFiles())
	}
	for _, r := range receipts {
		if r != receipts[0] || !strings.HasPrefix(r, "/receipts/") {
			t.Fatalf("the receipts are %v", receipts)
		}
	}
}

// Two people on one visit: what the second hands in takes the place of the first, who is told so
// beforehand; neither loses anything, and both see the history.
func TestTwoOnOneVisit(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	s.add("T2", campaign.Faculty)
	one, two := s.as("T1"), s.as("T2")
	visit := aVisit("T1", 1)
	visit.CoVisitors = []string{"T2"}
	mine := one.handOne("甲.xlsx", aBook(t, visit))
	one.get(mine).want(t, http.StatusOK, "没有错误，可以提交")
	visit.Jobs[0].Title = "示例新岗位"
	second := two.take("乙.xlsx", aBook(t, visit))
	page := one.get(mine).want(t, http.StatusOK, "取代已收下的一份", "示例新岗位")
	if !strings.Contains(page.text(), "<del>") {
		t.Error("it does not say what would change")
	}
	first, _, _ := strings.Cut(one.post(mine+"/confirm").want(t, http.StatusSeeOther).location(), "?")
	if s.visits() != 1 {
		t.Errorf("%d visits", s.visits())
	}
	for _, v := range []*visitor{one, two} {
		v.get(first).want(t, http.StatusOK, "历史", "示例新岗位")
		v.get(second).want(t, http.StatusOK, "已被更正取代")
	}
	if got := two.get(second+"/original").want(t, http.StatusOK); !bytes.Equal(got.Body.Bytes(), aBook(t, visit)) {
		t.Error("the file that was replaced is not kept as it came")
	}
}

// A session that ends between the check and the confirmation costs a sign-in and nothing else.
func TestSessionEndsInTheMiddle(t *testing.T) {
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	check := v.handOne("a.xlsx", aBook(t, aVisit("T1", 1)))
	s.clock.add(sessionIdle + time.Minute)
	r := httptest.NewRequest(http.MethodPost, "https://qianqi.example"+check+"/confirm", nil)
	r.Header.Set("Referer", "https://qianqi.example"+check)
	v.do(r).want(t, http.StatusUnauthorized, "登录已结束", "仍在等您确认", `href="/signin?next=`+strings.ReplaceAll(check, "/", "%2F")+`"`)
	if s.visits() != 0 || s.parkedFiles() != 2 {
		t.Errorf("%d visits, %d files wait", s.visits(), s.parkedFiles())
	}
	if got := v.post("/signin", "login", "T1", "password", aPassword, "next", check).want(t, http.StatusSeeOther); got.location() != check {
		t.Errorf("the sign-in leads to %s", got.location())
	}
	v.get(check).want(t, http.StatusOK, "没有错误，可以提交")
	v.post(check+"/confirm").want(t, http.StatusSeeOther)
	if s.visits() != 1 {
		t.Errorf("%d visits", s.visits())
	}
	r = httptest.NewRequest(http.MethodPost, "https://qianqi.example/upload", nil)
	r.Header.Set("Referer", "https://evil.example/x")
	s.visitor().do(r).want(t, http.StatusUnauthorized, `href="/signin?next=%2F"`)
}

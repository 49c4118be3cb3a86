package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// rush is how hard the load test presses.
type rush struct {
	clients int           // hand in at once
	each    int           // workbooks of each
	lasts   time.Duration // a client begins no workbook after it
	readers int           // of the committee
	quiet   time.Duration // reading before anybody hands in
	waiting int           // places in the queue; 0 is as shipped
	rests   time.Duration // at most, whatever Retry-After says
}

// rushHours is a small rush in every test run, and the one of the house's promise while soaking.
func rushHours() rush {
	if trial.Soaking() {
		return rush{clients: 200, each: 30, lasts: time.Minute, readers: 8, quiet: 20 * time.Second, rests: time.Minute}
	}
	return rush{clients: 24, each: 2, lasts: 3 * time.Second, readers: 3, quiet: 500 * time.Millisecond, waiting: 4, rests: 50 * time.Millisecond}
}

// Many hand in at once while the committee reads: nobody gets an error but the deliberate 429 with its
// Retry-After, every workbook that was taken is in the database once, and memory stays bounded. How
// long readers wait is logged, idle and under load.
func TestRush(t *testing.T) {
	press := rushHours()
	s := newSurveyed(t, func(o *Options) { o.Limits.Waiting = press.waiting })
	before := s.visits()
	s.add("chair", campaign.Committee)
	books := s.rushBooks(press)
	base := s.open()
	chair := enter(t, base, "chair")
	chair.ready(t, "/reports/2026/index.html")
	pages := programmePages(t, s)

	idle := chair.readFor(press.readers, press.quiet, pages)
	memory := watchMemory()
	var crowd crowd
	busy := make(chan readings)
	done := make(chan struct{})
	go func() { busy <- chair.read(press.readers, done, pages) }()
	crowd.run(t, base, books, press)
	close(done)
	loaded := <-busy
	peak := memory()

	for _, wrong := range slices.Sorted(maps.Keys(crowd.wrong)) {
		t.Errorf("%d × %s", crowd.wrong[wrong], wrong)
	}
	for _, r := range []readings{idle, loaded} {
		for _, wrong := range r.wrong {
			t.Errorf("a reader: %s", wrong)
		}
	}
	s.eachOnce(&crowd, before)
	if most := int64(400 << 20); peak > most {
		t.Errorf("the heap grew to %d MiB, at most %d", peak>>20, most>>20)
	}
	t.Logf("%d clients: %d workbooks taken, %d answers 429; heap at most %d MiB; reads idle: %s; loaded: %s",
		press.clients, len(crowd.taken), crowd.turnedAway.Load(), peak>>20, idle, loaded)
}

// rushBooks are the workbooks of each client, whose account it adds.
func (s *site) rushBooks(press rush) [][]file {
	s.t.Helper()
	roster, err := s.c.Store.LoadRoster(s.t.Context(), 2026)
	if err != nil {
		s.t.Fatal(err)
	}
	raw := sample.New(codebook.Default(), sample.Options{Year: 2026, Visits: press.clients * press.each, Seed: 8})
	all := make([][]file, press.clients)
	for i := range all {
		login := fmt.Sprintf("rush-%03d", i)
		s.add(login, campaign.Office) // who may hand in for anybody
		for n := range press.each {
			number := i*press.each + n
			visit := aVisit("", 1000+number)
			visit.Jobs = raw.Visit(number).Visit.Jobs
			visit.Faculty = roster.Faculty[number%len(roster.Faculty)]
			all[i] = append(all[i], file{visit.Enterprise.Name, aBook(s.t, visit)})
		}
	}
	return all
}

// eachOnce holds the database against what the clients were told: no accepted workbook is missing,
// none is there twice, and nothing else came in.
func (s *site) eachOnce(c *crowd, before int) {
	s.t.Helper()
	heads, err := s.c.Store.VisitHeads(context.Background(), 0, "")
	if err != nil {
		s.t.Fatal(err)
	}
	stored := make(map[string]int)
	for _, h := range heads {
		stored[h.Enterprise]++
	}
	for name := range c.taken {
		if stored[name] != 1 {
			s.t.Errorf("%s was taken and stands %d times in the database", name, stored[name])
		}
	}
	if len(heads)-before != len(c.taken) || len(c.taken) == 0 {
		s.t.Errorf("%d visits came in, %d were taken", len(heads)-before, len(c.taken))
	}
	if n := s.parkedFiles(); n != 0 {
		s.t.Errorf("%d files are left waiting", n)
	}
}

// crowd hands in, each client one workbook after the other.
type crowd struct {
	turnedAway atomic.Int64

	mu    sync.Mutex
	taken map[string]bool // enterprise of each
	wrong map[string]int
}

func (c *crowd) run(t *testing.T, base string, books [][]file, press rush) {
	c.taken, c.wrong = make(map[string]bool), make(map[string]int)
	var clients sync.WaitGroup
	people := make([]*client, len(books))
	for i := range people {
		people[i] = enter(t, base, fmt.Sprintf("rush-%03d", i))
	}
	end := time.Now().Add(press.lasts)
	for i, client := range people {
		clients.Go(func() {
			defer client.CloseIdleConnections()
			for _, book := range books[i] {
				if time.Now().After(end) {
					return
				}
				c.handIn(client, book, press.rests, end.Add(trial.Patience))
			}
		})
	}
	clients.Wait()
}

// handIn hands in one workbook the way a page does, the check first, and comes again where it is asked to.
func (c *crowd) handIn(client *client, book file, rests time.Duration, end time.Time) {
	check, err := c.tried(rests, end, func() (*http.Response, error) { return client.upload(book) })
	if err == nil && !strings.HasPrefix(check, "/uploads/") {
		err = fmt.Errorf("handing in led to %.60s", check)
	}
	receipt := ""
	if err == nil {
		receipt, err = c.tried(rests, end, func() (*http.Response, error) { return client.post(check+"/confirm", nil) })
	}
	if err == nil && !strings.HasSuffix(receipt, "?done="+string(campaign.Accepted)) {
		err = fmt.Errorf("confirming led to %.60s", strings.Trim(receipt, "0123456789"))
	}
	if err == nil {
		err = client.shows(receipt)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.wrong[err.Error()]++
		return
	}
	c.taken[book.name] = true
}

// tried asks until the answer is not to come again later, and says where the answer leads.
func (c *crowd) tried(rests time.Duration, end time.Time, ask func() (*http.Response, error)) (string, error) {
	for {
		answer, err := ask()
		switch {
		case err != nil:
			return "", err
		case answer.StatusCode == http.StatusSeeOther:
			return answer.Header.Get("Location"), nil
		case answer.StatusCode != http.StatusTooManyRequests:
			return "", fmt.Errorf("status %d", answer.StatusCode)
		}
		c.turnedAway.Add(1)
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil || seconds < 1 {
			return "", fmt.Errorf("429 with Retry-After %q", answer.Header.Get("Retry-After"))
		}
		if time.Now().After(end) {
			return "", errors.New("turned away to the end")
		}
		time.Sleep(min(rests, time.Duration(seconds)*time.Second) + rand.N(rests/4+1))
	}
}

// client is a browser that has signed in over a real connection. It sends its cookie over plain HTTP, as
// browsers do on this machine.
type client struct {
	*http.Client
	base   string
	cookie string
}

// enter signs in.
func enter(t *testing.T, base, login string) *client {
	t.Helper()
	c := &client{base: base, Client: &http.Client{Timeout: trial.Patience, Transport: &http.Transport{MaxIdleConnsPerHost: 16},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t.Cleanup(c.CloseIdleConnections)
	answer, err := c.post("/signin", url.Values{"login": {login}, "password": {aPassword}})
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range answer.Cookies() {
		if cookie.Name == sessionCookie {
			c.cookie = cookie.Value
		}
	}
	if c.cookie == "" {
		t.Fatalf("sign-in of %s: %d", login, answer.StatusCode)
	}
	return c
}

// send sends a request and reads the whole answer, which it forgets.
func (c *client) send(method, path, kind string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequest(method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: c.cookie})
	}
	answer, err := c.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer, err
}

func (c *client) post(path string, form url.Values) (*http.Response, error) {
	return c.send(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (c *client) upload(f file) (*http.Response, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("files", f.name+".xlsx")
	if err == nil {
		_, err = part.Write(f.data)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, err
	}
	return c.send(http.MethodPost, "/upload", w.FormDataContentType(), &b)
}

// shows asks for a page and reads it.
func (c *client) shows(path string) error {
	answer, err := c.send(http.MethodGet, path, "", nil)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d on a page", answer.StatusCode)
	}
	return err
}

// ready waits until a page is no longer being made.
func (c *client) ready(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(trial.Patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		answer, err := c.send(http.MethodGet, path, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode == http.StatusOK {
			return
		}
	}
	t.Fatalf("%s was not made", path)
}

// programmePages are the pages of every programme of the report at hand.
func programmePages(t *testing.T, s *site) (paths []string) {
	t.Helper()
	for _, name := range s.live.at(2026).report.Paths() {
		if strings.HasPrefix(name, "programme-") && strings.HasSuffix(name, ".html") {
			paths = append(paths, "/reports/2026/"+name)
		}
	}
	if len(paths) < 2 {
		t.Fatalf("the report has the programme pages %v", paths)
	}
	return paths
}

// readings is how long readers waited, and what went wrong.
type readings struct {
	took  []time.Duration
	wrong []string
}

func (r readings) String() string {
	if len(r.took) == 0 {
		return "none"
	}
	slices.Sort(r.took)
	at := func(share float64) time.Duration {
		return r.took[int(share*float64(len(r.took)-1))].Round(100 * time.Microsecond)
	}
	return fmt.Sprintf("%d, median %v, p95 %v, longest %v", len(r.took), at(0.5), at(0.95), at(1))
}

func (c *client) readFor(readers int, long time.Duration, pages []string) readings {
	done := make(chan struct{})
	time.AfterFunc(long, func() { close(done) })
	return c.read(readers, done, pages)
}

// read lets some people of the committee leaf through pages until done, each with a pause of a tenth of a
// second after every page.
func (c *client) read(readers int, done <-chan struct{}, pages []string) (all readings) {
	var people sync.WaitGroup
	var mu sync.Mutex
	for i := range readers {
		people.Go(func() {
			var mine readings
			for n := i; ; n++ {
				began := time.Now()
				err := c.shows(pages[n%len(pages)])
				mine.took = append(mine.took, time.Since(began))
				if err != nil {
					mine.wrong = append(mine.wrong, err.Error())
				}
				select {
				case <-done:
					mu.Lock()
					defer mu.Unlock()
					all.took, all.wrong = append(all.took, mine.took...), append(all.wrong, mine.wrong...)
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
	}
	people.Wait()
	return all
}

// watchMemory looks at the heap ten times a second; what it returns stops it and tells by how much the heap grew.
func watchMemory() (peak func() int64) {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	runtime.GC()
	start, most := heap(), int64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most = max(most, heap()-start)
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(stop); <-stopped; return most }
}

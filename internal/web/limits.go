package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// Limits bound what one request may cost. Zero fields take the default.
type Limits struct {
	Header    time.Duration // to send the headers; 5 s
	Request   time.Duration // to send an ordinary request; 10 s
	Answer    time.Duration // to take an ordinary answer; 60 s
	Idle      time.Duration // between two requests; 60 s
	Grace     time.Duration // to finish when the server stops; 20 s
	Form      int64         // bytes of an ordinary form; 64 KiB
	File      int64         // bytes of one workbook; campaign.MostFileBytes
	Files     int           // workbooks of one upload; 40
	Upload    int64         // bytes of one upload; 64 MiB
	Rate      int64         // least bytes a second of an upload; 2 KiB
	Waiting   int           // uploads that wait for a reader at once; 64
	Together  int           // of them by one person; 8
	Patience  time.Duration // how long an upload waits for a reader; 20 s
	DailyFile int           // workbooks that one person hands in within a day; 400
	DailySize int64         // bytes of them; 512 MiB
}

// fill sets what was left open.
func (l *Limits) fill() {
	orTime(&l.Header, 5*time.Second)
	orTime(&l.Request, 10*time.Second)
	orTime(&l.Answer, 60*time.Second)
	orTime(&l.Idle, 60*time.Second)
	orTime(&l.Grace, 20*time.Second)
	orTime(&l.Patience, 20*time.Second)
	orCount(&l.Form, 64<<10)
	orCount(&l.File, campaign.MostFileBytes)
	orCount(&l.Upload, 64<<20)
	orCount(&l.Rate, 2<<10)
	orCount(&l.DailySize, 512<<20)
	orCount(&l.Files, 40)
	orCount(&l.Waiting, 64)
	orCount(&l.Together, 8)
	orCount(&l.DailyFile, 400)
}

// Keep says how long things are kept. Zero fields take the default.
type Keep struct {
	Pending time.Duration // uploads that nobody confirmed, and returned workbooks; 30 days
}

func (k *Keep) fill() { orTime(&k.Pending, 30*24*time.Hour) }

func orTime(d *time.Duration, fallback time.Duration) {
	if *d == 0 {
		*d = fallback
	}
}

func orCount[T int | int64](n *T, fallback T) {
	if *n == 0 {
		*n = fallback
	}
}

// steadyBody reads a large body that may take long but not for ever: whoever sends must keep up
// the least rate, or the connection is cut. It moves the deadline of the connection on while
// bytes come in.
type steadyBody struct {
	io.ReadCloser
	control *http.ResponseController
	started time.Time
	grace   time.Duration
	rate    int64
	read    int64
}

func (b *steadyBody) Read(p []byte) (int, error) {
	// The body must have arrived up to here at the least rate, and what comes next within grace.
	allowed := b.started.Add(b.grace + time.Duration(b.read/b.rate)*time.Second)
	if err := b.control.SetReadDeadline(allowed); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	return n, err
}

// steady replaces the ordinary time limit of the request's body by a least rate, and gives the
// answer the time it needs after it.
func (c *call) steady() {
	control := http.NewResponseController(c.w)
	l := c.s.Limits
	c.r.Body = &steadyBody{ReadCloser: c.r.Body, control: control, started: time.Now(), grace: l.Request, rate: l.Rate}
	_ = control.SetWriteDeadline(time.Now().Add(time.Duration(l.Upload/l.Rate)*time.Second + l.Answer))
}

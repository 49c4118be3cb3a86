package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// counter is where workbooks are handed over: a bounded queue before a bounded number of readers,
// and the folder in which they wait.
type counter struct {
	s         *Server
	reception *campaign.Reception
	pending   *pending
	tickets   chan struct{} // uploads under way

	mu    sync.Mutex
	dirty map[int]bool // years whose visits are still to be compared with one another
	today map[string]*allowance
	under map[string]int // uploads under way by person
}

// allowance is what one person has handed in on a day.
type allowance struct {
	day   string
	files int
	bytes int64
}

func newCounter(s *Server) (*counter, error) {
	p, err := openPending(s.Pending, s.now)
	if err != nil {
		return nil, fmt.Errorf("打不开待确认文件夹 cannot open the folder of pending uploads: %w", err)
	}
	return &counter{s: s, reception: s.Campaign.Reception(s.Workers), pending: p, tickets: make(chan struct{}, s.Limits.Waiting),
		dirty: make(map[int]bool), today: make(map[string]*allowance), under: make(map[string]int)}, nil
}

// enter takes a place in the queue for a person, or says that there is none. One person holds a few at most:
// however slowly they send, the others get theirs.
func (k *counter) enter(owner string) (leave func(), err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.under[owner] >= k.s.Limits.Together {
		return nil, errYours
	}
	select {
	case k.tickets <- struct{}{}:
	default:
		k.s.metrics.busy.Add(1)
		return nil, errBusy
	}
	k.under[owner]++
	return func() { k.leave(owner) }, nil
}

func (k *counter) leave(owner string) {
	<-k.tickets
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.under[owner]--; k.under[owner] == 0 {
		delete(k.under, owner)
	}
}

var errYours = fail(http.StatusTooManyRequests, "您还有几份文件正在上传，这一份没有收下。请等它们传完再交。", "Several of your uploads are still under way; this one was not taken. Wait until they are done.")

var errBusy = fail(http.StatusTooManyRequests, "现在交表的人太多，您的文件没有收下。请等几秒再交一次。", "Too many people are handing in at this moment; your file was not taken. Wait a few seconds and try again.")

// patience bounds how long an upload waits for a reader.
func (k *counter) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, k.s.Limits.Patience)
}

// tooSlow turns the end of an upload's patience into a sentence.
func tooSlow(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errBusy
	}
	return err
}

// noRoom turns a full disk into a sentence.
func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG) {
		return fail(http.StatusInsufficientStorage, "服务器的磁盘已满，您的文件没有收下；已收下的数据不受影响。请告诉管理员。",
			"The server's disk is full; your file was not taken. What was taken before is intact. Please tell the administrator.")
	}
	return err
}

// spend counts a file against its person's allowance of the day.
func (k *counter) spend(owner string, size int64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	day := stamp(k.s.now(), "2006-01-02")
	a := k.today[owner]
	if a == nil || a.day != day {
		a = &allowance{day: day}
		k.today[owner] = a
	}
	if a.files >= k.s.Limits.DailyFile || a.bytes+size > k.s.Limits.DailySize {
		return fail(http.StatusTooManyRequests, "您今天交的文件已到上限，请明天再交，或请调研办用命令行导入。",
			"You have reached today's limit of files; go on tomorrow, or ask the office to take them in on the command line.")
	}
	a.files++
	a.bytes += size
	return nil
}

// touched notes that a year's visits changed.
func (k *counter) touched(holds []campaign.Held) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, h := range holds {
		k.dirty[h.Year] = true
	}
}

// compare does, a little later and once for many uploads, what needs all visits together.
func (k *counter) compare(ctx context.Context) error {
	k.mu.Lock()
	years := k.dirty
	k.dirty = make(map[int]bool)
	k.mu.Unlock()
	if len(years) == 0 {
		return nil
	}
	return k.s.Campaign.QueueEnterprises(ctx)
}

func (k *counter) prune(before time.Time) error { return k.pending.prune(before) }

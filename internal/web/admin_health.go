package web

import (
	"net/http"
	"path/filepath"
	"runtime"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

type healthView struct {
	*campaign.Examination
	Ill, Odd  []campaign.Finding
	Disks     []diskView
	Queue     int // uploads in the queue or being read
	QueueMost int
	Workers   int
	Sessions  int
	Run       *campaign.RunRow // the last one, nil where there was none
	Head      campaign.AuditHead
	Version   string
	Go        string
	Up        time.Duration
	Database  string
	MiB       int64
	TurnedOff int64 // uploads turned away since the start
}

// diskView is the free space of a disk.
type diskView struct {
	Path  string
	GiB   float64
	Known bool
}

// healthPage is what qianqi doctor finds, with what only the running server knows.
func healthPage(c *call) error {
	c.patiently()
	v := healthView{Examination: c.examine(), Queue: len(c.s.counter.tickets), QueueMost: cap(c.s.counter.tickets), Workers: c.s.Workers,
		Version: c.s.Version, Go: runtime.Version(), Up: c.s.now().Sub(c.s.started).Truncate(time.Second), Database: c.campaign().Store.Path(), TurnedOff: c.s.metrics.busy.Load()}
	for _, f := range v.Findings {
		if f.Warning {
			v.Odd = append(v.Odd, f)
		} else {
			v.Ill = append(v.Ill, f)
		}
	}
	v.Disks = disks(filepath.Dir(v.Database), c.s.Setup.Reports, c.s.Setup.Backups)
	v.MiB = c.campaign().Store.Size() >> 20
	return c.health(v)
}

// health fills in what stands in the database.
func (c *call) health(v healthView) error {
	sessions, err := c.campaign().Store.Sessions(c.ctx())
	if err != nil {
		return err
	}
	v.Sessions = len(sessions)
	runs, err := c.campaign().Runs(c.ctx(), 0, 1)
	if err != nil {
		return err
	}
	if len(runs) > 0 {
		v.Run = &runs[0]
	}
	if v.Head, err = c.campaign().Store.AuditHead(c.ctx()); err != nil {
		return err
	}
	return c.page(http.StatusOK, "admin_health", v)
}

// examine asks the doctor, one at a time.
func (c *call) examine() *campaign.Examination {
	c.s.examining.Lock()
	defer c.s.examining.Unlock()
	return campaign.Examine(c.ctx(), c.s.Setup)
}

// disks is the free space of each disk that a path stands on, once.
func disks(paths ...string) []diskView {
	var list []diskView
	seen := make(map[uint64]bool)
	for _, p := range paths {
		free, known := campaign.Room(p)
		if known && !seen[free] {
			seen[free] = true
			list = append(list, diskView{p, float64(free) / (1 << 30), known})
		}
	}
	return list
}

package web

import (
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

type backupsView struct {
	List   []backupView
	Folder string
}

// backupView is one backup on the list.
type backupView struct {
	Name      string
	MadeAt    time.Time
	Visits    int
	Originals int
	Bytes     int64
}

// backupsPage lists the backups that there are and makes another.
func backupsPage(c *call) error {
	all, err := campaign.Backups(c.s.Setup.Backups)
	if err != nil {
		return err
	}
	v := backupsView{Folder: c.s.Setup.Backups}
	for _, b := range slices.Backward(all) {
		row := backupView{Name: filepath.Base(b.Folder), MadeAt: b.Holds.MadeAt, Visits: b.Holds.Visits, Originals: len(b.Holds.Originals), Bytes: b.Holds.Database.Size}
		for _, o := range b.Holds.Originals {
			row.Bytes += o.Size
		}
		v.List = append(v.List, row)
	}
	return c.page(http.StatusOK, "admin_backups", v)
}

// keptBackups is how many backups made here stand; the older ones are let go.
const keptBackups = 10

// makeBackup makes a backup, proves it by reading it back, and lists it.
func makeBackup(c *call) error {
	if !c.s.backingUp.TryLock() {
		return fail(http.StatusConflict, "另一个备份正在进行，请稍后再看。", "Another backup is under way; look again in a while.")
	}
	defer c.s.backingUp.Unlock()
	c.patiently()
	r, err := c.campaign().Backup(c.ctx(), c.s.Setup.Backups, keptBackups)
	if err != nil {
		return noRoom(err)
	}
	c.record("backup.made", "backup/"+filepath.Base(r.Folder), nil)
	return redirect("/admin/backups?done=backup")
}

// backupFile sends a backup as a zip archive once all of it has been read and found sound. It goes
// out as it is read: the size of the database does not matter.
func backupFile(c *call) error {
	c.patiently()
	folder, err := campaign.FindBackup(c.ctx(), c.s.Setup.Backups, c.r.PathValue("name"))
	if err != nil {
		return err
	}
	name := filepath.Base(folder)
	c.record("backup.exported", "backup/"+name, nil)
	c.attach(name+".zip", "application/zip")
	if err := campaign.WriteBackup(c.ctx(), folder, c.steadily()); err != nil {
		c.s.Log.Warn("backup not sent whole", "error", err.Error())
		panic(http.ErrAbortHandler) // the browser must see a broken download, not a short file
	}
	return nil
}

// patiently lets what takes long finish: the answer may come as late as a large backup takes.
func (c *call) patiently() {
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(time.Hour))
}

// steadily is the answer, written for as long as the reader keeps taking pieces of it.
func (c *call) steadily() *steadyWriter {
	return &steadyWriter{c.w, http.NewResponseController(c.w), c.s.Limits.Answer}
}

// steadyWriter moves the deadline of the connection on with every piece that is written.
type steadyWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	each    time.Duration
}

func (w *steadyWriter) Write(p []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(w.each)) // a recorder in a test has none
	return w.ResponseWriter.Write(p)
}

package campaign

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// A stamp says that a file was taken in as it lies there. While its size and time are the same, a
// run does not even open it: a night on which nothing came costs next to nothing. Refused files
// have no stamp; they are read every time, since the rules or the roster may have changed.

// loadStamps recalls what earlier runs took in below the paths.
func (in *intake) loadStamps(ctx context.Context) error {
	in.stamps = make(map[string]store.Stamp)
	in.folder, _ = os.Getwd()
	if in.opts.Reread || in.mapping != nil {
		return nil
	}
	for _, path := range in.opts.Paths {
		root, err := filepath.Abs(path)
		if err != nil {
			continue
		}
		found, err := in.Store.Stamps(ctx, root)
		if err != nil {
			return err
		}
		for at, s := range found {
			in.stamps[at] = s
		}
	}
	return nil
}

// openUnlessStamped reads a file, or recognises it as one that was taken in as it lies there.
func (in *intake) openUnlessStamped(f file) *taken {
	if f.info == nil || !f.info.Mode().IsRegular() {
		return open(in.Campaign, f)
	}
	size, mtime := f.info.Size(), f.info.ModTime().UnixNano()
	if s, ok := in.stamps[in.abs(f.path)]; ok && !in.byItself(f) && s.Size == size && s.MTime == mtime {
		return &taken{file: f, sum: s.SHA256, stamped: true}
	}
	t := open(in.Campaign, f)
	t.size, t.mtime = size, mtime
	return t
}

// abs is filepath.Abs, which asks the system for the folder every time; "" where that is not known.
func (in *intake) abs(path string) string {
	switch {
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	case in.folder == "":
		return ""
	}
	return filepath.Join(in.folder, path)
}

// settling is how old a file's time must be for a stamp: one that changes again within the
// fineness of the file system's clock would look the same.
const settling = 2 * time.Second

// stampsOf are the stamps of the files that were taken in.
func (in *intake) stampsOf(files []*taken, receipts []FileResult) []store.Stamp {
	var list []store.Stamp
	for i, t := range files {
		if r := &receipts[i]; t.stamped || t.mtime == 0 || r.Status == Rejected || r.Status == Unreadable ||
			in.Now().Sub(time.Unix(0, t.mtime)) < settling {
			continue
		}
		if abs := in.abs(t.path); abs != "" {
			list = append(list, store.Stamp{Path: abs, Size: t.size, MTime: t.mtime, SHA256: t.sum, Status: receipts[i].Status})
		}
	}
	return list
}

// stampedReceipts are the receipts of a chunk of which no file had to be opened.
func stampedReceipts(files []*taken) (receipts []FileResult, all bool) {
	for _, t := range files {
		if !t.stamped {
			return nil, false
		}
		receipts = append(receipts, stampedReceipt(t))
	}
	return receipts, true
}

func stampedReceipt(t *taken) FileResult {
	return FileResult{File: t.name, SHA256: t.sum, Status: Unchanged, Submission: t.submission, Issues: []survey.Issue{}, path: t.path}
}

package campaign

import (
	"context"
	"errors"
	"os"
	"os/user"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// IngestOptions say what to take in.
type IngestOptions struct {
	Paths    []string              // files and folders
	Year     int                   // campaign; 0 takes each workbook's own year
	Returns  string                // folder for annotated copies; "" writes none
	Mapping  string                // mapping file for foreign forms; "" is none
	By       string                // who hands in; "" is the operating system's user
	Channel  string                // "cli" when empty
	Workers  int                   // 0 is one per core
	Reread   bool                  // read every file, also those whose size and time are as they were
	Again    bool                  // of a file that stands in Paths itself: answers whose correction was withdrawn count again
	Run      store.RunID           // the run this belongs to, 0 where none
	Progress func(done, total int) // nil for silence
}

// ErrNoSuchPath says that a path named by the user is not there; nothing was done.
type ErrNoSuchPath struct{ Path string }

// Error names the path in both languages.
func (e *ErrNoSuchPath) Error() string {
	return "找不到 " + Printable(e.Path) + "，什么也没有读入。\nThere is no " + Printable(e.Path) + "; nothing was read."
}

// ErrClosedPath says that a path named by the user may not be read; nothing was done.
type ErrClosedPath struct{ Path string }

// Error names the path and the way out in both languages.
func (e *ErrClosedPath) Error() string {
	return "没有权限读取 " + Printable(e.Path) + "，什么也没有读入；请给运行程序的用户读权限。\nNo permission to read " + Printable(e.Path) + "; nothing was read. Give the user who runs the program read access."
}

// unreachable is why a path that the user named cannot be read at all; nil where it can. What lies
// below it and cannot be read keeps nothing else out.
func unreachable(files []file, named []string) error {
	for _, f := range files {
		switch {
		case f.err == nil || !slices.Contains(named, f.path):
		case errors.Is(f.err, os.ErrNotExist):
			return &ErrNoSuchPath{f.path}
		case errors.Is(f.err, os.ErrPermission):
			return &ErrClosedPath{f.path}
		}
	}
	return nil
}

// CheckPaths is the error with which Ingest would read nothing because a path is not there or is closed; nil
// where it would read what it finds.
func CheckPaths(named []string) error {
	for _, path := range named {
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			_, err = os.ReadDir(path)
		}
		if err := unreachable([]file{{path: path, err: err}}, named); err != nil {
			return err
		}
	}
	return nil
}

// A chunk of files is read in parallel and stored in one transaction. It is closed by count or
// by size, whichever comes first, so that memory stays flat.
const (
	chunkFiles = 128
	chunkBytes = 64 << 20
)

// Ingest reads the files and stores what is sound. Bad files are in the result, not in the
// error; an error means that we could not go on, and the result then holds what was stored
// before it. When ctx ends, the chunk in hand is finished and the result says Interrupted.
func (c *Campaign) Ingest(ctx context.Context, o IngestOptions) (*IngestResult, error) {
	files := collect(o.Paths)
	if err := unreachable(files, o.Paths); err != nil {
		return nil, err
	}
	in, err := c.newIntake(o)
	if err != nil {
		return nil, err
	}
	result := &IngestResult{Files: make([]FileResult, 0, len(files))}
	in.total = len(files)
	if err := in.loadStamps(ctx); err != nil {
		return nil, err
	}
	for tier := range tiers(files) {
		if err := in.takeTier(ctx, tier, result); err != nil {
			return result, err
		}
	}
	result.Left = len(files) - len(result.Files)
	result.Interrupted = result.Left > 0
	return result, in.finish(context.WithoutCancel(ctx), result)
}

// takeTier takes in files that do not bear on one another. The roster that an earlier tier
// brought is in force for this one.
func (in *intake) takeTier(ctx context.Context, files []file, result *IngestResult) error {
	work := context.WithoutCancel(ctx) // a chunk in hand is finished
	in.staffLoaded = false
	for chunk := range in.takeAll(ctx, work, files) {
		if chunk.err != nil {
			return chunk.err
		}
		if err := in.against(work, chunk.files); err != nil {
			return err
		}
		if err := in.keep(work, chunk.files, result); err != nil {
			return err
		}
		in.tell(len(result.Files), in.total)
	}
	return nil
}

// keep stores or logs files that were held against what is on record.
func (in *intake) keep(ctx context.Context, files []*taken, result *IngestResult) error {
	if err := in.save(ctx, files, result); err != nil {
		return err
	}
	return in.openOutlines(ctx, files, result)
}

// intake is one ingest under way.
type intake struct {
	*Campaign
	opts    IngestOptions
	mapping *survey.Mapping
	hand    *Hand        // the person at the counter; nil for files that the office takes in
	staff   survey.Staff // visitors are held against it; nil where no roster was handed in
	years   map[int]bool // years that gained or lost a visit
	stamps  map[string]store.Stamp
	folder  string                   // that relative paths start from; "" where it is not known
	desks   []*desk                  // one per worker; a reader gets faster with every file like the last
	cameIn  map[store.VisitID]string // visits stored by this ingest, and the file each came in
	total   int

	staffLoaded bool // for the tier in hand
}

func (c *Campaign) newIntake(o IngestOptions) (*intake, error) {
	if o.Channel == "" {
		o.Channel = "cli"
	}
	o.By = actor(o.By)
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	in := &intake{Campaign: c, opts: o, years: make(map[int]bool), cameIn: make(map[store.VisitID]string)}
	if o.Mapping == "" {
		return in, nil
	}
	var err error
	in.mapping, err = loadMapping(c.Codebook, o.Mapping)
	return in, err
}

// actor is who does something: whoever was named, else the operating system's user.
func actor(by string) string {
	if by != "" {
		return by
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// byItself reports whether somebody asks for this very file, so that it is looked at whatever a stamp says.
func (in *intake) byItself(f file) bool {
	return in.opts.Again && slices.Contains(in.opts.Paths, f.path)
}

func (in *intake) tell(done, total int) {
	if in.opts.Progress != nil {
		in.opts.Progress(done, total)
	}
}

// chunk is some files read, in order, or the reason why reading stopped.
type chunk struct {
	files []*taken
	err   error
}

// takeAll reads chunk after chunk, one ahead of the caller, until ctx ends.
func (in *intake) takeAll(ctx, work context.Context, files []file) <-chan chunk {
	chunks := make(chan chunk)
	go func() {
		defer close(chunks)
		for len(files) > 0 && ctx.Err() == nil {
			n := chunkEnd(files)
			got, err := in.takeChunk(work, files[:n])
			chunks <- chunk{got, err}
			if err != nil {
				return
			}
			files = files[n:]
		}
	}()
	return chunks
}

// chunkEnd looks at the next files and says how many of them make a chunk.
func chunkEnd(files []file) int {
	var size int64
	for i := range files {
		if i == chunkFiles || size > chunkBytes {
			return i
		}
		if info, err := os.Lstat(files[i].path); err == nil {
			files[i].info = info
			size += info.Size()
		}
	}
	return len(files)
}

// takeChunk reads the bytes of all files, asks the store which it knows, and decodes the rest.
func (in *intake) takeChunk(ctx context.Context, files []file) ([]*taken, error) {
	got := make([]*taken, len(files))
	in.parallel(len(files), func(_ *desk, i int) { got[i] = in.openUnlessStamped(files[i]) })
	known, err := in.Store.Known(ctx, sums(got))
	if err != nil {
		return nil, err
	}
	var unsettled []*taken
	for _, t := range got {
		k, seen := known[t.sum]
		if in.recognise(t, k, seen) {
			continue
		}
		if t.stamped { // the store does not know what its stamp speaks of
			*t = *open(in.Campaign, t.file)
		}
		unsettled = append(unsettled, t)
	}
	if len(unsettled) == 0 {
		return got, nil
	}
	if err := in.loadStaff(ctx); err != nil {
		return nil, err
	}
	in.parallel(len(unsettled), func(d *desk, i int) { d.decode(ctx, unsettled[i]) })
	return got, nil
}

// recognise notes what is known of bytes seen before, and reports whether they need no second look: those
// taken once are stored. Refused ones are read again, since the rules or the roster may have changed, but
// for those that name somebody who was erased: nothing of them comes back, neither the number nor a name.
func (in *intake) recognise(t *taken, k store.Known, seen bool) bool {
	t.again, t.submission = seen, k.Submission
	t.known = k.Submission != 0 && (in.mapping == nil || k.Erased)
	if t.erased = k.Erased && k.Submission == 0; t.erased {
		t.name, t.read = k.Name, k.Status == Rejected
		t.issues = in.named(t.name, []survey.Issue{namesErased(in.Codebook)})
	}
	return t.known || t.erased
}

func sums(got []*taken) []string {
	list := make([]string, 0, len(got))
	for _, t := range got {
		if t.sum != "" {
			list = append(list, t.sum)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// parallel calls do(desk, i) for i = 0 … n−1 on all workers, each with its own desk.
func (in *intake) parallel(n int, do func(*desk, int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for len(in.desks) < in.opts.Workers {
		in.desks = append(in.desks, in.newDesk())
	}
	for _, d := range in.desks[:min(in.opts.Workers, n)] {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(d, i)
			}
		})
	}
	group.Wait()
}

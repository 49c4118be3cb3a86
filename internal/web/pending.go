package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// pending keeps the bytes of workbooks between the check and the confirmation, and those of
// returned ones until they are mended, each person's in a folder of their own. Everything is
// opened through an os.Root: no name can lead out of it.
type pending struct {
	root *os.Root
	now  func() time.Time
}

// parked is one workbook that waits.
type parked struct {
	ID     string    `json:"id"`
	Owner  string    `json:"owner"` // the account's Actor
	Name   string    `json:"name"`  // of the file, as the person calls it
	SHA256 string    `json:"sha256"`
	Size   int64     `json:"size"`
	At     time.Time `json:"at"`
	State  string    `json:"state"`  // received, ready or returned
	About  string    `json:"about"`  // the enterprise, for lists
	Year   int       `json:"year"`   // campaign, 0 where not known
	Staff  string    `json:"staff"`  // number of the teacher whose one visit it holds, "" where it holds several
	Errors int       `json:"errors"` // of a returned one
}

// The states of a parked workbook.
const (
	received = "received" // not looked at yet
	ready    = "ready"    // sound: waits for its person to confirm
	returned = "returned" // refused: waits for its person to mend it
)

func openPending(dir string, now func() time.Time) (*pending, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &pending{root: root, now: now}, nil
}

// errTooBig says that a file is larger than one may be.
var errTooBig = errors.New("web: the file is too large")

// add streams a file to disk. On any error nothing of it stays.
func (p *pending) add(owner, name string, body io.Reader, most int64) (parked, error) {
	k := parked{ID: hex.EncodeToString(randomBytes(16)), Owner: owner, Name: name, At: p.now().UTC().Truncate(time.Second), State: received}
	if err := p.root.MkdirAll(owner, 0o700); err != nil {
		return k, err
	}
	err := p.stream(&k, body, most)
	if err == nil {
		err = p.note(k)
	}
	if err != nil {
		return k, errors.Join(err, p.drop(k))
	}
	return k, nil
}

func (p *pending) stream(k *parked, body io.Reader, most int64) (err error) {
	f, err := p.root.OpenFile(k.data(), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	k.Size, err = io.Copy(io.MultiWriter(f, sum), io.LimitReader(body, most+1))
	if err == nil && k.Size > most {
		err = errTooBig
	}
	k.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return err
}

func (k parked) data() string { return path.Join(k.Owner, k.ID+".bin") }
func (k parked) note() string { return path.Join(k.Owner, k.ID+".json") }

// note writes what is known of a parked workbook, in one step; errNoUpload where it was dropped meanwhile.
func (p *pending) note(k parked) error {
	if _, err := p.root.Stat(k.data()); errors.Is(err, fs.ErrNotExist) {
		return errNoUpload
	}
	data, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := p.root.WriteFile(k.note()+".new", data, 0o600); err != nil {
		return errors.Join(err, p.root.Remove(k.note()+".new"))
	}
	return p.root.Rename(k.note()+".new", k.note())
}

// drop forgets parked workbooks. What is gone already is no error.
func (p *pending) drop(list ...parked) error {
	var errs []error
	for _, k := range list {
		for _, name := range []string{k.note(), k.data()} {
			if err := p.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// find returns a person's parked workbook; campaign.ErrNotFound where there is none of theirs.
func (p *pending) find(owner, id string) (parked, error) {
	var k parked
	if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		return k, errNoUpload
	}
	data, err := p.root.ReadFile(path.Join(owner, id+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return k, errNoUpload
	}
	if err == nil {
		err = json.Unmarshal(data, &k)
	}
	return k, err
}

var errNoUpload = fmt.Errorf("没有这份待确认的文件，可能已经提交、放弃或过期；到“我的走访”可以查看。\nThere is no such file waiting; it may have been handed in, dropped or expired. See “My visits”.%w", quiet{campaign.ErrNotFound})

// quiet is an error that tells nothing but what it is.
type quiet struct{ err error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.err }

// bytes returns the content of a parked workbook, its hash checked.
func (p *pending) bytes(k parked) ([]byte, error) {
	data, err := p.root.ReadFile(k.data())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoUpload
	}
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != k.SHA256 {
		return nil, fmt.Errorf("web: the parked file %s does not match its hash", k.ID)
	}
	return data, nil
}

// of lists a person's parked workbooks, oldest first.
func (p *pending) of(owner string) ([]parked, error) {
	names, err := p.names(owner)
	if err != nil {
		return nil, err
	}
	var list []parked
	for _, name := range names {
		id, ok := strings.CutSuffix(name, ".json")
		if !ok {
			continue
		}
		k, err := p.find(owner, id)
		if errors.Is(err, campaign.ErrNotFound) {
			continue // dropped meanwhile
		}
		if err != nil {
			return nil, err
		}
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b parked) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(b.Name, a.Name)) })
	return list, nil
}

// states counts everybody's parked workbooks by their state.
func (p *pending) states() (map[string]int, error) {
	owners, err := p.names(".")
	if err != nil {
		return nil, err
	}
	count := make(map[string]int)
	for _, owner := range owners {
		list, err := p.of(owner)
		if err != nil {
			return nil, err
		}
		for _, k := range list {
			count[k.State]++
		}
	}
	return count, nil
}

// names lists a folder; one that is not there is empty.
func (p *pending) names(dir string) ([]string, error) {
	f, err := p.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// prune drops what was parked before a time, and what a killed process left half written.
func (p *pending) prune(before time.Time) error {
	owners, err := p.names(".")
	if err != nil {
		return err
	}
	var errs []error
	for _, owner := range owners {
		names, err := p.names(owner)
		errs = append(errs, err)
		for _, name := range names {
			errs = append(errs, p.pruneFile(owner, name, before))
		}
	}
	return errors.Join(errs...)
}

// pruneFile drops a parked workbook by its note, which says since when it waits: a look at it writes the note
// anew. What has no note goes by its own age.
func (p *pending) pruneFile(owner, name string, before time.Time) error {
	id, kind, _ := strings.Cut(name, ".")
	k, err := p.find(owner, id)
	switch {
	case err == nil && kind == "json":
		if k.At.Before(before) {
			return p.drop(k)
		}
		return nil
	case err == nil && kind == "bin":
		return nil // goes with its note
	}
	place := path.Join(owner, name)
	info, err := p.root.Stat(place)
	if err != nil || info.ModTime().After(before) && !(kind == "json.new" && info.ModTime().Before(p.now().Add(-time.Hour))) {
		return nil
	}
	return p.root.Remove(place)
}

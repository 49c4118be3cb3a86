package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// These tests run the program itself, as a user does, on files made to harm it: the peak memory of
// the process is measured, and what it leaves behind.

// workplace is a working folder with an empty temp folder beside it.
type workplace struct {
	dir, temp string
	obeys     bool // the program is kept out by permissions also where root runs it
}

func newWorkplace(t *testing.T) workplace {
	t.Helper()
	w := workplace{dir: filepath.Join(t.TempDir(), "work"), temp: filepath.Join(t.TempDir(), "temp")}
	for _, dir := range []string{w.dir, w.temp} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// outcome is what one run of the program did.
type outcome struct {
	code        int
	out, errOut string
	peak        int64 // bytes of memory at most; 0 where it was not weighed
}

func (w workplace) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "TMPDIR="+w.temp)
	return cmd
}

// run runs the program to its end.
func (w workplace) run(t *testing.T, args ...string) outcome {
	t.Helper()
	if w.obeys {
		return w.weighed(t, args...)
	}
	return ended(t, w.command(t, args...))
}

// weighed is run with the peak of the program's memory. It starts a second process, so it is dearer.
func (w workplace) weighed(t *testing.T, args ...string) outcome {
	t.Helper()
	cmd := w.command(t, args...)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	peak := filepath.Join(t.TempDir(), "peak")
	cmd.Path, cmd.Args = self, append([]string{"measured", peak}, cmd.Args...)
	cmd.Env = append(cmd.Env, "GORACE="+atOnce)
	if w.obeys {
		cmd.Env = append(cmd.Env, obeying+"=1")
	}
	o := ended(t, cmd)
	if said, err := os.ReadFile(peak); err != nil {
		t.Error(err)
	} else if o.peak, err = strconv.ParseInt(string(said), 10, 64); err != nil {
		t.Error(err)
	}
	return o
}

// ended waits for a command.
func ended(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return outcome{code: cmd.ProcessState.ExitCode(), out: out.String(), errOut: errOut.String()}
}

func init() { standIns["measured"] = measured }

// measured runs a command and writes the most memory it had, in bytes, to a file: measured FILE
// COMMAND ARG…. It stands between the tests and the program because Linux counts the memory of the
// process that starts a program as the program's own, and the tests are large by then.
func measured() {
	if os.Getenv(obeying) != "" {
		runtime.LockOSThread() // the program begins with the rights of this thread
		obey()
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Run(); cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	if err := os.WriteFile(os.Args[1], strconv.AppendInt(nil, peak, 10), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// obeying is set where the program is to be kept out by permissions.
const obeying = "QIANQI_TEST_OBEYS"

// obey gives up, for the programs that this thread starts, what lets root pass by every permission.
// Whoever is not root has nothing to give up.
func obey() {
	const dropFromBoundingSet, overrideModes, readAnything = 24, 1, 2
	for _, capability := range []uintptr{overrideModes, readAnything} {
		if _, _, errno := syscall.Syscall(syscall.SYS_PRCTL, dropFromBoundingSet, capability, 0); errno != 0 && os.Geteuid() == 0 {
			fmt.Fprintln(os.Stderr, "cannot give up a right of root:", errno)
			os.Exit(1)
		}
	}
}

// receipts is the part of ingest --json that these tests look at.
type receipts struct {
	Files []struct {
		File, Status string
		Issues       []struct {
			Code, Severity string
			MessageZH      string `json:"message_zh"`
		}
	}
	Totals struct{ Visits, Accepted int }
}

func (w workplace) ingest(t *testing.T, args ...string) (receipts, outcome) {
	t.Helper()
	o := w.weighed(t, append([]string{"ingest", "--json"}, args...)...)
	var r receipts
	if err := json.Unmarshal([]byte(o.out), &r); err != nil {
		t.Fatalf("exit %d: %v\n%s\n%s", o.code, err, o.out, o.errOut)
	}
	return r, o
}

const memoryBound = 256 << 20

// bomb is a workbook one part of which is a text repeated n times, made without holding it.
func bomb(t *testing.T, part, head, fill, tail string, n int) []byte {
	t.Helper()
	const mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	parts := map[string]string{
		"[Content_Types].xml": `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
		"_rels/.rels":         `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":     `<?xml version="1.0"?><workbook ` + mainNS + ` xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet ` + mainNS + `><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`,
		"xl/sharedStrings.xml":     `<sst ` + mainNS + `><si><t>x</t></si></sst>`,
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(mapKeys(parts)) {
		if name == part {
			continue
		}
		p, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		p.Write([]byte(parts[name]))
	}
	raw, crc, size := repeated(fmt.Sprintf(head, mainNS), fill, tail, n)
	p, err := w.CreateRaw(&zip.FileHeader{Name: part, Method: zip.Deflate, CRC32: crc, CompressedSize64: uint64(len(raw)), UncompressedSize64: uint64(size)})
	if err != nil {
		t.Fatal(err)
	}
	p.Write(raw)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func mapKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// repeated compresses head, n bytes or more of a repeated text, and tail as one stream.
func repeated(head, fill, tail string, n int) (raw []byte, crc uint32, size int64) {
	squeeze := func(text string, last bool) []byte {
		var b bytes.Buffer
		w, _ := flate.NewWriter(&b, flate.BestCompression)
		w.Write([]byte(text))
		if last {
			w.Close()
		} else {
			w.Flush()
		}
		return b.Bytes()
	}
	piece := strings.Repeat(fill, 1<<20/len(fill))
	block := squeeze(piece, false)
	raw = squeeze(head, false)
	crc = crc32.ChecksumIEEE([]byte(head))
	for size = int64(len(head)); size < int64(n); size += int64(len(piece)) {
		raw = append(raw, block...)
		crc = crc32.Update(crc, crc32.IEEETable, []byte(piece))
	}
	return append(raw, squeeze(tail, true)...), crc32.Update(crc, crc32.IEEETable, []byte(tail)), size + int64(len(tail))
}

func TestHostileFilesAsTyped(t *testing.T) {
	const from = "../../internal/workbook/testdata/hostile"
	list, err := os.ReadFile(filepath.Join(from, "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ File, What, Want string }
	if err := json.Unmarshal(list, &cases); err != nil || len(cases) < 87 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	w := newWorkplace(t)
	sst := "<sst %s>"
	made := map[string][]byte{
		"a01_bomb_1GiB.xlsx":   bomb(t, "xl/worksheets/sheet1.xml", "<worksheet %s><sheetData>", " ", "</sheetData></worksheet>", 1<<30),
		"a11_sst_3M.xlsx":      bomb(t, "xl/sharedStrings.xml", sst, "<si><t>x</t></si>", "</sst>", 3_000_000*17),
		"a12_sst_runs_1M.xlsx": bomb(t, "xl/sharedStrings.xml", sst+"<si>", "<r><rPr><b/></rPr><t>x</t></r>", "</si></sst>", 1_000_000*30),
	}
	var together []string
	wants := make(map[string]string)
	for _, c := range cases {
		data, ok := made[c.File]
		if !ok {
			if data, err = os.ReadFile(filepath.Join(from, c.File)); err != nil {
				continue // too large to keep; the reader's own tests make it
			}
			together = append(together, c.File)
		}
		wants[c.File] = c.Want
		if err := os.WriteFile(filepath.Join(w.dir, c.File), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(wants) < 85 {
		t.Errorf("only %d files were tried", len(wants))
	}
	t.Setenv("GOMAXPROCS", "2") // so many are read at once, whatever the machine
	w.hostile(t, wants, together...)
	for file := range made { // each alone, so that its own memory is known
		w.hostile(t, wants, file)
	}
	if o := w.run(t, "analyze"); o.code != exitUsage || !strings.Contains(o.errOut, "还没有走访") {
		t.Errorf("something was stored: exit %d\n%s%s", o.code, o.out, o.errOut)
	}
	w.nothingLeft(t)
}

// hostile takes files in by one command and holds the receipts against what is wanted. None of the files
// is a form of ours, so all are refused; those that are sound as files are refused for what they are and
// nothing else.
func (w workplace) hostile(t *testing.T, wants map[string]string, files ...string) {
	t.Helper()
	r, o := w.ingest(t, files...)
	if o.code != exitPartial || len(r.Files) != len(files) || r.Totals.Visits+r.Totals.Accepted != 0 {
		t.Errorf("%v: exit %d, %d receipts, %+v\n%s", files, o.code, len(r.Files), r.Totals, o.errOut)
	}
	if o.peak > memoryBound {
		t.Errorf("%v: %d MiB of memory", files, o.peak>>20)
	}
	for _, f := range r.Files {
		damaged := false
		for _, i := range f.Issues {
			damaged = damaged || strings.HasPrefix(i.Code, "F") && i.Severity == "error"
			if i.MessageZH == "" {
				t.Errorf("%s: %s says nothing in Chinese", f.File, i.Code)
			}
		}
		if want, ok := wants[f.File]; !ok || len(f.Issues) == 0 || (want == "reject") != damaged && !strings.HasPrefix(f.File, "c40_") { // c40 is a sound file of the future
			t.Errorf("%s: want %q, got %s %+v", f.File, want, f.Status, f.Issues)
		}
		delete(wants, f.File)
	}
	for _, file := range files {
		if wants[file] != "" {
			t.Errorf("%s has no receipt", file)
		}
	}
}

// nothingLeft checks that the temp folder is empty and the working folder holds nothing unknown.
func (w workplace) nothingLeft(t *testing.T) {
	t.Helper()
	if left, _ := os.ReadDir(w.temp); len(left) > 0 {
		t.Errorf("%s was left in the temp folder", left[0].Name())
	}
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		known := e.Name() == "reports" || strings.HasPrefix(e.Name(), "qianqi.") || slices.Contains([]string{".xlsx", ".xls", ".xlsm"}, filepath.Ext(e.Name())) || e.Name() == "inbox"
		if !known {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

// TestFolderOfTraps takes in a folder of things that are no plain files, and files with names that
// act on a terminal. The sound file among them goes in.
func TestFolderOfTraps(t *testing.T) {
	w := newWorkplace(t)
	if o := w.run(t, "sample", "--years", "2026", "--visits", "3", "--out", "all"); o.code != 0 {
		t.Fatal(o.errOut)
	}
	sound, err := filepath.Glob(filepath.Join(w.dir, "all/2026/visits/*.xlsx"))
	if err != nil || len(sound) != 3 {
		t.Fatal(sound, err)
	}
	inbox := filepath.Join(w.dir, "inbox")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	place := func(name string) string { return filepath.Join(inbox, name) }
	must(os.Mkdir(inbox, 0o755))
	good, err := os.ReadFile(sound[0])
	must(err)
	must(os.WriteFile(place("good.xlsx"), good, 0o644))
	must(os.RemoveAll(filepath.Join(w.dir, "all")))
	must(os.Symlink("/etc/passwd", place("link.xlsx")))
	must(os.Symlink("loop.xlsx", place("loop.xlsx")))
	must(syscall.Mkfifo(place("pipe.xlsx"), 0o644))
	must(os.Mkdir(place("folder.xlsx"), 0o755))
	must(os.WriteFile(place("sparse.xlsx"), nil, 0o644))
	must(os.Truncate(place("sparse.xlsx"), 10<<30))
	names := []string{"line\nbreak.xlsx", "right\u202eslx.xlsx", strings.Repeat("长", 80) + "abcde.xlsx", "\xbc\xd7\xb9\xab\xcb\xbe.xlsx", "-rf.xlsx", "bell\a\x1b[31m.xlsx"}
	for _, name := range names {
		must(os.WriteFile(place(name), []byte("PK"), 0o644))
	}
	must(os.WriteFile(place("~$good.xlsx"), []byte("lock"), 0o644))
	must(os.WriteFile(place(".hidden.xlsx"), []byte("x"), 0o644))
	stop := keepChanging(place("changing.xlsx"))
	defer stop()

	r, o := w.ingest(t, "inbox")
	if o.code != exitPartial || r.Totals.Accepted != 1 || r.Totals.Visits != 1 {
		t.Errorf("exit %d, %+v\n%s", o.code, r.Totals, o.errOut)
	}
	if want := 6 + len(names) + 1; len(r.Files) != want {
		t.Errorf("%d files are accounted for, want %d", len(r.Files), want)
	}
	for _, f := range r.Files {
		if strings.HasSuffix(f.File, "good.xlsx") != (f.Status == "accepted") || f.Status != "accepted" && len(f.Issues) == 0 {
			t.Errorf("%q is %s with %d issues", f.File, f.Status, len(f.Issues))
		}
	}

	if o.peak > memoryBound {
		t.Errorf("%d MiB of memory", o.peak>>20)
	}
	shown := w.run(t, "ingest", "inbox")
	for _, say := range []string{`line\nbreak.xlsx`, `right\u202eslx.xlsx`, `bell\u0007\u001b[31m.xlsx`} {
		if !strings.Contains(shown.out, say) {
			t.Errorf("the names are not shown as %s", say)
		}
	}
	if strings.ContainsAny(shown.out, "\a\x1b\u202e") {
		t.Error("a name acts on the terminal")
	}
	w.nothingLeft(t)
}

// keepChanging rewrites a file all the time, until it is stopped.
func keepChanging(path string) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	write := func(n int) {
		_ = os.WriteFile(path, bytes.Repeat([]byte("x"), 100+n%5000), 0o644)
	}
	write(0)
	go func() {
		defer close(ended)
		for n := 0; ; n++ {
			select {
			case <-done:
				return
			default:
				write(n)
			}
		}
	}()
	return func() { close(done); <-ended }
}

// TestInterrupt stops a long reading with Ctrl-C: it says where, and the next run goes on.
func TestInterrupt(t *testing.T) {
	w := newWorkplace(t)
	if o := w.run(t, "sample", "--years", "2026", "--visits", "3", "--out", "inbox"); o.code != 0 {
		t.Fatal(o.errOut)
	}
	one, err := filepath.Glob(filepath.Join(w.dir, "inbox/2026/visits/*.xlsx"))
	if err != nil || len(one) != 3 {
		t.Fatal(one, err)
	}
	const copies = 5000 // of three files: cheap to make, and more than can be read before the signal
	for i := range copies {
		if err := os.Link(one[i%3], filepath.Join(w.dir, "inbox/2026", fmt.Sprintf("z%05d.xlsx", i))); err != nil {
			t.Fatal(err)
		}
	}
	cmd := w.command(t, "ingest", "inbox")
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for cmd.ProcessState == nil { // it is under way once the first originals are kept
		if kept, _ := filepath.Glob(filepath.Join(w.dir, "qianqi.originals/*/*")); len(kept) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(errOut.String(), "已中断：读完") {
		t.Fatalf("exit %d: %s", code, errOut.String())
	}
	r, o := w.ingest(t, "inbox")
	if o.code != 0 || len(r.Files) != copies+4+3 {
		t.Errorf("the next run: exit %d, %d files\n%s", o.code, len(r.Files), o.errOut)
	}
	if a := w.run(t, "analyze", "--json"); a.code != 0 {
		t.Errorf("analyze after it: %s", a.errOut)
	}
	w.nothingLeft(t)
}

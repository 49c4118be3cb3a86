package campaign

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pdfFolder is where the pages of a report stand as PDF, beside them. It is no part of what a run
// records: other browsers print other bytes.
const pdfFolder = "pdf"

// printLimit ends a browser that does not come back. A page takes a few seconds.
const printLimit = 5 * time.Minute

// ErrNoBrowser says that this machine has no browser that could print.
type ErrNoBrowser struct{}

// Error says what to install, or what to do without.
func (*ErrNoBrowser) Error() string {
	return "找不到 Chromium、Chrome 或 Edge，无法生成 PDF。请安装其中之一，或用环境变量 QIANQI_CHROMIUM 指明程序；也可在浏览器里打开页面直接打印成 A4。\n" +
		"No Chromium, Chrome or Edge was found to make PDFs with. Install one, or name it in QIANQI_CHROMIUM; or open the pages in a browser and print them, they are set for A4."
}

// browsers are the programs that can print, by name and by the usual places.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge", "chrome",
	`C:\Program Files\Google\Chrome\Application\chrome.exe`, `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`, `C:\Program Files\Microsoft\Edge\Application\msedge.exe`,
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"}

// findBrowser is the path of a browser that can print.
func findBrowser() (string, error) {
	candidates := browsers
	if named := os.Getenv("QIANQI_CHROMIUM"); named != "" {
		candidates = []string{named}
	}
	for _, name := range candidates {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", &ErrNoBrowser{}
}

// printer prints pages as PDF, each with a browser process of its own that reaches no network and
// leaves nothing behind.
type printer struct {
	browser string
	year    int // stands in the PDF instead of the time of printing
}

func newPrinter(year int) (*printer, error) {
	browser, err := findBrowser()
	return &printer{browser, year}, err
}

// printLoose prints pages that stand in no folder.
func (p *printer) printLoose(ctx context.Context, pages tree) (tree, error) {
	folder, err := os.MkdirTemp("", "qianqi-page-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := writeTree(folder, pages); err != nil {
		return nil, err
	}
	var paths []string
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		paths = append(paths, filepath.Join(folder, name))
	}
	return p.printAll(ctx, paths)
}

// print is a page of a folder as PDF.
func (p *printer) print(ctx context.Context, file string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, printLimit)
	defer cancel()
	profile, err := os.MkdirTemp("", "qianqi-print-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(profile)
	out := filepath.Join(profile, "page.pdf")
	address, err := fileURL(file)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, p.browser, p.flags(profile, out, address)...)
	cmd.WaitDelay = 5 * time.Second
	said, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	data, missing := os.ReadFile(out)
	if missing != nil || !bytes.HasPrefix(data, []byte("%PDF-")) {
		return nil, fmt.Errorf("浏览器没有印出 %s\nthe browser printed no %s (%v): %s", file, file, err, lastLine(said))
	}
	return undated(data, p.year), nil
}

func (p *printer) flags(profile, out, address string) []string {
	flags := []string{"--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-sync", "--disable-background-networking",
		"--disable-dev-shm-usage", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + profile, "--no-pdf-header-footer", "--print-to-pdf=" + out}
	if os.Geteuid() == 0 {
		flags = append(flags, "--no-sandbox") // the sandbox refuses to work for root; the pages are our own
	}
	return append(flags, address)
}

func fileURL(file string) (string, error) {
	path, err := filepath.Abs(file)
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return (&url.URL{Scheme: "file", Path: path}).String(), err
}

func lastLine(said []byte) string {
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return Printable(lines[len(lines)-1])
}

var pdfDate = regexp.MustCompile(`\(D:\d{14}[^)]*\)`)

// undated puts the first day of a year in the place of the time of printing, length unchanged since
// the file holds offsets.
func undated(pdf []byte, year int) []byte {
	return pdfDate.ReplaceAllFunc(pdf, func(date []byte) []byte {
		return append([]byte("(D:"+strconv.Itoa(year)+"0101000000"), date[len("(D:20060102150405"):]...)
	})
}

// printed lists the pages that are printed: all but the traces, which lead to cells and are for the
// screen.
func printed(folder string) []string {
	return slices.DeleteFunc(globIn(folder, "*.html"), func(path string) bool {
		name := filepath.Base(path)
		return strings.HasPrefix(name, "trace-") || name == "downloads.html"
	})
}

// printReport prints the pages of a report to its folder pdf. Those that stand there are of this
// report, since the folder goes where the report goes.
func (c *Campaign) printReport(ctx context.Context, folder string, year int) (string, error) {
	done := filepath.Join(folder, pdfFolder)
	if _, err := os.Stat(done); !errors.Is(err, fs.ErrNotExist) {
		return filepath.ToSlash(done), err
	}
	p, err := newPrinter(year)
	if err != nil {
		return "", err
	}
	files, err := p.printAll(ctx, printed(folder))
	if err != nil {
		return "", err
	}
	half := done + ".new"
	if err := errors.Join(os.RemoveAll(half), os.MkdirAll(half, 0o755), writeTree(half, files)); err != nil {
		return "", err
	}
	return filepath.ToSlash(done), os.Rename(half, done)
}

// printers is how many browsers print at the same time.
const printers = 2

// printAll prints pages of a folder; they are named as the pages are.
func (p *printer) printAll(ctx context.Context, pages []string) (tree, error) {
	files := make(tree, len(pages))
	var mu sync.Mutex
	err := inParallel(printers, pages, func(page string) error {
		data, err := p.print(ctx, page)
		mu.Lock()
		files[strings.TrimSuffix(filepath.Base(page), ".html")+".pdf"] = data
		mu.Unlock()
		return err
	})
	return files, err
}

package workbook

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ReadFile returns the bytes of one regular file that is not changing. Anything else (a link, a
// folder, a pipe or device, a file beyond the limit, one that may not be read or that is being
// written) gives an issue of severity error and no data. It never blocks on what stands under the
// path, and never reads more than the limit. The error is for failures of the system itself.
func ReadFile(path string, cb *codebook.Codebook, lim Limits) ([]byte, []survey.Issue, error) {
	if cb == nil {
		return nil, nil, errNoCodebook
	}
	lim = lim.orDefault()
	data, bad, err := readRegular(path, lim.FileBytes, nil)
	if bad != nil {
		return nil, []survey.Issue{bad.issue(cb, filepath.Base(path))}, nil
	}
	return data, nil, err
}

// readRegular opens, reads and judges. between, for tests, runs when the bytes have been read.
func readRegular(path string, most int64, between func()) ([]byte, *fault, error) {
	named, err := os.Lstat(path)
	if err != nil {
		return unreadable(err)
	}
	if named.IsDir() {
		return folder(path)
	}
	if bad := irregular(named.Mode()); bad != nil {
		return nil, bad, nil
	}
	f, err := openQuiet(path)
	if err != nil {
		return unreadable(err)
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return unreadable(err)
	}
	switch {
	case !os.SameFile(named, before), irregular(before.Mode()) != nil: // swapped since it was looked at
		return nil, &fault{code: "F006"}, nil
	case before.Size() > most:
		return nil, &fault{code: "F002", got: mebibytes(before.Size()), want: mebibytes(most)}, nil
	}
	return readStill(f, before, between)
}

// readStill reads the whole file and takes it only if nothing changed meanwhile.
func readStill(f *os.File, before fs.FileInfo, between func()) ([]byte, *fault, error) {
	data := make([]byte, before.Size()+1) // one more than there should be
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return unreadable(err)
	}
	if between != nil {
		between()
	}
	after, err := f.Stat()
	if err != nil {
		return unreadable(err)
	}
	if int64(n) != before.Size() || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, &fault{code: "F006"}, nil
	}
	return data[:n:n], nil, nil
}

// folder is the fault of a folder: that it is one, or that nobody can see what is in it.
func folder(path string) ([]byte, *fault, error) {
	f, err := os.Open(path)
	if err != nil {
		return unreadable(err)
	}
	return nil, irregular(fs.ModeDir), f.Close()
}

// irregular is the fault of what is no regular file.
func irregular(mode fs.FileMode) *fault {
	switch {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return &fault{code: "F003"}
	case mode.IsDir():
		return &fault{code: "F004"}
	}
	return &fault{code: "F005", got: mode.Type().String()}
}

// unreadable tells what is wrong with the file from what is wrong with the machine.
func unreadable(err error) ([]byte, *fault, error) {
	reason := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		reason = "文件不存在 no such file"
	case errors.Is(err, fs.ErrPermission):
		reason = "没有权限 permission denied"
	case tooManyLinks(err):
		return nil, &fault{code: "F003"}, nil
	case nameRefused(err):
		reason = "文件名无效 invalid name"
	default:
		return nil, nil, err
	}
	return nil, &fault{code: "F007", got: reason}, nil
}

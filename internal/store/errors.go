package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"modernc.org/sqlite"
)

// What can be wrong with a database; test with errors.Is. The error itself is an *Error.
var (
	ErrForeign   = errors.New("store: the database of another program")
	ErrNewer     = errors.New("store: the database of a newer version")
	ErrOutdated  = errors.New("store: the database of an older version, opened read-only")
	ErrDamaged   = errors.New("store: damaged database")
	ErrFull      = errors.New("store: disk full")
	ErrIO        = errors.New("store: disk cannot be read or written")
	ErrReadOnly  = errors.New("store: read-only")
	ErrNetworkFS = errors.New("store: network file system")
	ErrBusy      = errors.New("store: another process is writing")
	ErrMissing   = errors.New("store: no such database")
	ErrCutOff    = errors.New("store: a restore was cut off")
	ErrNotFile   = errors.New("store: the path of the database names no file")
	ErrNotFound  = errors.New("store: no such record")
	ErrInvalid   = errors.New("store: value cannot be stored")
	ErrConflict  = errors.New("store: not possible in this state")
	ErrFrozen    = errors.New("store: the year is frozen")
	ErrExists    = errors.New("store: something stands there already")
)

// Error is a failure of the store with a sentence for people in both languages.
type Error struct {
	Kind error  // one of the Err… values
	Path string // file or folder concerned, "" where none
	ZH   string
	EN   string
	Err  error // cause, may be nil
}

// Error returns the Chinese sentence and, on a second line, the English one with the cause.
func (e *Error) Error() string {
	text := e.ZH + "\n" + e.EN
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

// Unwrap makes both the kind and the cause visible to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// Result codes of SQLite that mean something to a person. The low byte is the primary code.
const (
	codeBusy     = 5
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeNotADB   = 26
	codeIOWrite  = 10 | 3<<8  // a file-size limit
	codeIOShmem  = 10 | 19<<8 // no room for the shared-memory file
)

// explain turns a failure of the driver or the file system into an *Error that names path.
// Errors that carry their own text, cancellation and nil pass through.
func explain(path string, err error) error {
	var own *Error
	switch {
	case err == nil, errors.As(err, &own), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return notFound("记录", "record")
	}
	var driver *sqlite.Error
	if errors.As(err, &driver) {
		return explainCode(path, driver.Code(), err)
	}
	return explainFile(path, err)
}

func explainCode(path string, code int, err error) error {
	if code == codeIOWrite || code == codeIOShmem {
		return full(path, err)
	}
	switch code & 0xff {
	case codeBusy:
		return &Error{ErrBusy, path, "另一个程序正在写数据库 " + path + "，请稍后再试。", "Another process is writing to the database; try again in a moment.", err}
	case codeReadOnly:
		return readOnly(path, err)
	case codeCantOpen:
		return &Error{ErrReadOnly, path, "打不开数据库 " + path + "：文件夹不存在、不可写或没有权限。", "The database cannot be opened: its folder is missing, not writable, or not permitted.", err}
	case codeFull:
		return full(path, err)
	case codeCorrupt, codeNotADB:
		return damaged(path, err)
	case codeIO:
		return &Error{ErrIO, path, "磁盘读写出错：" + path + "。", "The disk failed while reading or writing.", err}
	}
	return fmt.Errorf("store: %w", err)
}

func explainFile(path string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG):
		return full(path, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return readOnly(path, err)
	}
	return err
}

func full(path string, err error) error {
	return &Error{ErrFull, path, "磁盘已满（或超过文件大小限制），写不下 " + path + "；已保存的数据未受影响，腾出空间后重试。",
		"The disk is full, or a file-size limit was reached. What was stored before is intact; free some space and try again.", err}
}

func readOnly(path string, err error) error {
	return &Error{ErrReadOnly, path, "不能写入 " + path + "：只读或没有权限。", "Not writable: read-only or not permitted.", err}
}

func damaged(path string, err error) error {
	return &Error{ErrDamaged, path, "数据库 " + path + " 已损坏或被截断；请用 qianqi restore 从备份恢复。",
		"The database is damaged or cut short; restore it from a backup with qianqi restore.", err}
}

func cutOff(path string, left []string) error {
	beside := strings.Join(left, ", ")
	return &Error{ErrCutOff, path, "没有数据库 " + path + "，旁边却有中断的恢复留下的 " + beside + "。请再运行一次 qianqi restore；若要从头开始，先把它们移走。",
		"There is no database at this path, but beside it stands what a restore left that was cut off: " + beside + ". Run qianqi restore again; to begin anew, move these away first.", nil}
}

func notFile(path string) error {
	return &Error{ErrNotFile, path, path + " 是文件夹（或设备），不是数据库文件；请用 --db 写明其中的文件，如 " + filepath.Join(path, "qianqi.db") + "。",
		"This is a folder (or device), not a database file; name a file in it with --db.", nil}
}

func notFound(zh, en string) error {
	return &Error{Kind: ErrNotFound, ZH: "没有这个" + zh + "。", EN: "There is no such " + en + "."}
}

func invalid(zh, en string) error { return &Error{Kind: ErrInvalid, ZH: zh, EN: en} }

func conflict(zh, en string) error { return &Error{Kind: ErrConflict, ZH: zh, EN: en} }

//go:build unix

package workbook

import (
	"errors"
	"os"
	"syscall"
)

// openQuiet opens for reading without following a link and without waiting for a pipe's writer.
func openQuiet(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

func tooManyLinks(err error) bool { return errors.Is(err, syscall.ELOOP) }

func nameRefused(err error) bool {
	return errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTDIR)
}

//go:build !unix

package workbook

import "errors"

func makePipe(string) error { return errors.ErrUnsupported }

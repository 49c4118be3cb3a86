//go:build !linux

package campaign

import "errors"

// exchange is known to Linux alone.
func exchange(string, string) error { return errors.ErrUnsupported }

//go:build !windows

package store

import (
	"errors"
	"os"
)

// ownerOnly says that file modes keep others out.
const ownerOnly = true

// syncDir makes renames within a folder durable.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

//go:build !linux && !windows

package store

// networkFS cannot tell on this system.
func networkFS(string) (name string, network bool) { return "", false }

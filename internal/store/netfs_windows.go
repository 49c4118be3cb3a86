package store

import (
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

const driveRemote = 4 // GetDriveTypeW: a share given a letter

// networkFS says whether a folder lies on a share.
func networkFS(dir string) (name string, network bool) {
	volume := filepath.VolumeName(dir)
	if strings.HasPrefix(volume, `\\`) && !strings.HasPrefix(volume, `\\?\`) && !strings.HasPrefix(volume, `\\.\`) {
		return volume, true
	}
	root, err := syscall.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return "", false
	}
	kind, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("GetDriveTypeW").Call(uintptr(unsafe.Pointer(root)))
	return volume, kind == driveRemote
}

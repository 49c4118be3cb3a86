package campaign

import "golang.org/x/sys/windows"

// modesMean says that permission bits keep others out on this system.
const modesMean = false

// freeBytes is the room left for this user on the disk of a folder.
func freeBytes(path string) (uint64, bool) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, false
	}
	var free uint64
	return free, windows.GetDiskFreeSpaceEx(name, &free, nil, nil) == nil
}

package campaign

import "golang.org/x/sys/unix"

// modesMean says that permission bits keep others out on this system.
const modesMean = true

// freeBytes is the room left for ordinary users on the disk of a folder.
func freeBytes(path string) (uint64, bool) {
	var st unix.Statfs_t
	if unix.Statfs(path, &st) != nil {
		return 0, false
	}
	return st.Bavail * uint64(st.Bsize), true
}

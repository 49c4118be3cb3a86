package store

import "syscall"

// networkMagic names the file systems whose locks do not hold between machines, by the magic
// number of statfs(2). Fuse and 9p stand for anything behind them and are not trusted either.
var networkMagic = map[uint32]string{
	0x00006969: "NFS",
	0x0000517B: "SMB",
	0xFF534D42: "CIFS",
	0xFE534D42: "SMB2",
	0x65735546: "FUSE",
	0x01021997: "9P",
	0x5346414F: "AFS",
	0x6B414653: "kAFS",
	0x00C36400: "Ceph",
	0x01161970: "GFS2",
	0x0BD00BD0: "Lustre",
	0x73757245: "Coda",
	0x0000564C: "NCP",
	0x7461636F: "OCFS2",
	0x786F4256: "VirtualBox",
	0xBACBACBC: "VMware",
}

// networkFS says whether a folder lies on a network file system, and on which.
func networkFS(dir string) (name string, network bool) {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return "", false
	}
	name, network = networkMagic[uint32(st.Type)]
	return name, network
}

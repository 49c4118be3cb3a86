package store

// ownerOnly is false: Windows keeps others out by access lists, not modes.
const ownerOnly = false

// syncDir does nothing: Windows keeps names durable with the files themselves.
func syncDir(string) error { return nil }

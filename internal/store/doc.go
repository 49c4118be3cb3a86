// Package store is the SQLite file of a survey, and the originals kept beside it.
//
// One file holds every year of one college. A submission (one workbook handed in) goes in as
// a whole or not at all; nothing that was accepted is ever overwritten, only superseded or
// withdrawn, and every visit, job and rating knows the file, sheet and cell it came from.
//
// # What is decided when a file is handed in
//
// The bytes are known by their SHA-256, the content of each visit by the SHA-256 of a
// canonical form without addresses (see ContentHash), the visit by its survey.VisitKey.
//
//	bytes taken before, whatever became of them since  → unchanged; nothing is revived
//	every visit equal to the current one of its key    → unchanged; the stored file stays the source
//	some visit differs from the current one of its key → superseded; the older visit is kept as history
//	otherwise                                          → accepted
//
// Each visit of a bulk file is decided by itself, so a visit that arrives by a bulk file and
// by a single workbook is stored once. Bytes taken before never change anything: a folder that
// holds a visit and its correction can be handed in any number of times, and a file that was
// withdrawn is not brought back by a batch (Reinstate does that). Every hand-in is logged as an
// attempt, also those that changed nothing and those that were refused; the same file with the
// same verdict is one attempt with a count. A run in which nothing is new leaves everything else
// as it was, down to the head of the audit log.
//
// A workbook that adds or loses the credit code of the enterprise is a correction, not a second
// visit, where teacher, day and the enterprise's name are the same; see sameVisit.
//
// # Moments
//
// Every change is one record of the hash-chained audit log. Its sequence number is the Moment
// of the change; rows carry the moment they became current and the moment they ceased to be.
// At(moment) reads the database as it stood then, which is how a published report is made again.
//
// # Nothing but the driver opens the database files
//
// POSIX drops all locks of a process on a file when any descriptor of it is closed. If this
// program opened and closed the database, its -wal or its -shm to hash, copy or pack them, a
// second process could commit at the same time and a row would be lost with no error from any
// check. So hashes, copies and backups of the live database go through SQL (VACUUM INTO), and a
// test holds every room to it.
package store

-- Personal data leaves, what a visit said stays. A person who is erased becomes a pseudonym; which
-- person it was is written nowhere.

CREATE TABLE erasure (
  id         INTEGER PRIMARY KEY,
  college    TEXT NOT NULL CHECK (college <> ''),
  pseudonym  TEXT NOT NULL UNIQUE,   -- stands where the staff number stood
  until_year INTEGER NOT NULL,       -- campaigns up to this one; 0 is all of them, and the account
  visits     INTEGER NOT NULL,
  by         TEXT NOT NULL,
  at         TEXT NOT NULL,
  reason     TEXT NOT NULL,
  since      INTEGER NOT NULL,
  done       INTEGER NOT NULL CHECK (done IN (0, 1)) -- 0 only inside the transaction that erases
) STRICT;

CREATE TABLE redacted (              -- files as handed in that are gone, and the copy without the person that stands for them
  sha256      TEXT PRIMARY KEY REFERENCES original (sha256),
  copy_sha256 TEXT NOT NULL REFERENCES original (sha256), -- which may be gone itself by now
  since       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  college TEXT NOT NULL CHECK (college <> ''),
  name    TEXT NOT NULL,
  value   TEXT NOT NULL,
  by      TEXT NOT NULL,
  at      TEXT NOT NULL,
  PRIMARY KEY (college, name)
) STRICT, WITHOUT ROWID;

-- What was accepted is not edited but by an erasure, and that edits nothing but who it was.
DROP TRIGGER visit_is_kept;
CREATE TRIGGER visit_is_kept BEFORE UPDATE OF id, college, submission_id, since, year, day, mode,
  enterprise_id, enterprise_key, programmes, industry, size, region, sheet, row ON visit
BEGIN SELECT RAISE(ABORT, 'an accepted visit is never edited'); END;
CREATE TRIGGER visit_is_whose BEFORE UPDATE OF faculty_id, faculty_name, department, co_visitors, content_sha256 ON visit
WHEN NOT EXISTS (SELECT 1 FROM erasure WHERE done = 0)
BEGIN SELECT RAISE(ABORT, 'an accepted visit is never edited'); END;

-- How the survey is run: the log of every change, the runs, what a run need not read again.

CREATE TABLE audit (                  -- each record carries the hash of the one before it
  seq     INTEGER PRIMARY KEY CHECK (seq >= 1),
  college TEXT NOT NULL,
  at      TEXT NOT NULL,
  actor   TEXT NOT NULL,              -- staff number or account, '' where nobody signed in
  action  TEXT NOT NULL,
  object  TEXT NOT NULL,
  detail  TEXT NOT NULL,              -- JSON object or ''
  prev    TEXT NOT NULL,
  hash    TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_is_fixed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

CREATE TABLE run (
  id          INTEGER PRIMARY KEY,
  college     TEXT NOT NULL,
  kind        TEXT NOT NULL,
  year        INTEGER NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('started', 'finished', 'failed')),
  started_at  TEXT NOT NULL,
  finished_at TEXT,
  program     TEXT NOT NULL,          -- version of the program
  codebook    TEXT NOT NULL,
  moment      INTEGER,                -- audit.seq the figures were made at
  audit_hash  TEXT,                   -- audit.hash of that record
  record      TEXT NOT NULL           -- JSON: inputs with hashes, options, counts, outputs with hashes
) STRICT;

CREATE TABLE campaign_state (         -- the latest row of a year says whether it may still change
  id      INTEGER PRIMARY KEY,
  college TEXT NOT NULL,
  year    INTEGER NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('frozen', 'open')),
  by      TEXT NOT NULL,
  at      TEXT NOT NULL,
  reason  TEXT NOT NULL,
  since   INTEGER NOT NULL
) STRICT;
CREATE INDEX campaign_state_year ON campaign_state (college, year);

CREATE TABLE stamp (                  -- files already taken in, so that a run need not read them again
  path     TEXT PRIMARY KEY,
  size     INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  sha256   TEXT NOT NULL,
  status   TEXT NOT NULL,
  checked  TEXT NOT NULL              -- what it was checked with: codebook, year, program
) STRICT, WITHOUT ROWID;

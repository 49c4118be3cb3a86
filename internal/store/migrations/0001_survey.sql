-- The survey as it is handed in. Times are UTC, RFC 3339. A row that can be replaced carries the
-- moments (audit.seq) since and until which it counts; until IS NULL means it counts now.
-- Nothing here is ever overwritten: a later hand-in ends a row and adds another.

CREATE TABLE original (               -- bytes as handed in, kept as a file named by this hash
  sha256   TEXT PRIMARY KEY CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  size     INTEGER NOT NULL CHECK (size >= 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE submission (             -- one file that was taken
  id          INTEGER PRIMARY KEY,
  college     TEXT NOT NULL CHECK (college <> ''),
  sha256      TEXT NOT NULL REFERENCES original (sha256),
  name        TEXT NOT NULL,          -- original file name
  size        INTEGER NOT NULL,
  received_at TEXT NOT NULL CHECK (received_at GLOB '????-??-??T??:??:??Z'),
  received_by TEXT NOT NULL,
  channel     TEXT NOT NULL,
  form        TEXT NOT NULL,
  template    INTEGER NOT NULL,       -- version of the template, 0 where the file carries none
  codebook    TEXT NOT NULL,          -- id@version
  year        INTEGER NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('accepted', 'superseded', 'withdrawn')),
  supersedes  INTEGER REFERENCES submission (id),
  since       INTEGER NOT NULL,
  visits      INTEGER NOT NULL,       -- stored from this file when it was taken
  jobs        INTEGER NOT NULL,
  ratings     INTEGER NOT NULL,
  UNIQUE (college, sha256)
) STRICT;

CREATE TABLE attempt (                -- every file handed in, with its verdict
  id            INTEGER PRIMARY KEY,
  college       TEXT NOT NULL CHECK (college <> ''),
  sha256        TEXT NOT NULL,        -- '' where the bytes could not be read
  name          TEXT NOT NULL,
  size          INTEGER NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('accepted', 'unchanged', 'superseded', 'rejected', 'unreadable')),
  received_at   TEXT NOT NULL,        -- when it first came with this verdict
  received_by   TEXT NOT NULL,
  channel       TEXT NOT NULL,
  form          TEXT NOT NULL,
  template      INTEGER NOT NULL,
  codebook      TEXT NOT NULL,
  year          INTEGER NOT NULL,
  run_id        INTEGER,              -- run of the latest time
  submission_id INTEGER REFERENCES submission (id),
  last_at       TEXT NOT NULL,
  times         INTEGER NOT NULL CHECK (times >= 1),
  visits        INTEGER NOT NULL,
  jobs          INTEGER NOT NULL,
  ratings       INTEGER NOT NULL,
  errors        INTEGER NOT NULL,
  warnings      INTEGER NOT NULL,
  UNIQUE (college, sha256, name, status)
) STRICT;
CREATE INDEX attempt_submission ON attempt (submission_id);

CREATE TABLE issue (                  -- everything found in a file, as it was said
  attempt_id INTEGER NOT NULL REFERENCES attempt (id),
  seq        INTEGER NOT NULL,
  code       TEXT NOT NULL,
  severity   TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'trial')),
  sheet      TEXT NOT NULL,
  row        INTEGER NOT NULL,
  col        INTEGER NOT NULL,
  cell       TEXT NOT NULL,           -- A1
  field      TEXT NOT NULL,
  header     TEXT NOT NULL,
  got        TEXT NOT NULL,
  want       TEXT NOT NULL,
  message_zh TEXT NOT NULL,
  message_en TEXT NOT NULL,
  fix_zh     TEXT NOT NULL,
  fix_en     TEXT NOT NULL,
  count      INTEGER NOT NULL,
  more       TEXT NOT NULL,           -- JSON: further cells of the same cause, [[sheet, row, col], …]
  PRIMARY KEY (attempt_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE ruling (                 -- a warning confirmed by faculty, a rule waived by the office
  id      INTEGER PRIMARY KEY,
  college TEXT NOT NULL,
  sha256  TEXT NOT NULL,              -- the file it is about
  kind    TEXT NOT NULL CHECK (kind IN ('confirmed', 'waived')),
  code    TEXT NOT NULL,
  sheet   TEXT NOT NULL,
  row     INTEGER NOT NULL,
  col     INTEGER NOT NULL,
  by      TEXT NOT NULL,
  at      TEXT NOT NULL,
  reason  TEXT NOT NULL,
  since   INTEGER NOT NULL
) STRICT;
CREATE INDEX ruling_file ON ruling (sha256);

CREATE TABLE enterprise (             -- an identity; what it answered stands with each visit
  id      INTEGER PRIMARY KEY,
  college TEXT NOT NULL,
  key     TEXT NOT NULL,              -- survey.EnterpriseKey
  name    TEXT NOT NULL,              -- as first written
  uscc    TEXT NOT NULL,
  root_id INTEGER NOT NULL REFERENCES enterprise (id), -- the enterprise it counts as, merges applied
  since   INTEGER NOT NULL,
  UNIQUE (college, key)
) STRICT;
CREATE INDEX enterprise_root ON enterprise (root_id);

CREATE TABLE enterprise_name (        -- every name an enterprise was written with
  enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
  name          TEXT NOT NULL,
  since         INTEGER NOT NULL,
  PRIMARY KEY (enterprise_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE enterprise_act (         -- merge, split and rename: recorded, and undone by ending them
  id            INTEGER PRIMARY KEY,
  college       TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('merge', 'split', 'rename')),
  enterprise_id INTEGER NOT NULL REFERENCES enterprise (id), -- merge: from; split: new home; rename: whose
  into_id       INTEGER REFERENCES enterprise (id),          -- merge: into
  visit_id      INTEGER REFERENCES visit (id),               -- split: the visit that moves
  name          TEXT NOT NULL,                               -- rename: the new name
  by            TEXT NOT NULL,
  at            TEXT NOT NULL,
  reason        TEXT NOT NULL,
  since         INTEGER NOT NULL,
  until         INTEGER,
  undone_by     TEXT,
  undone_reason TEXT
) STRICT;

CREATE TABLE enterprise_candidate (   -- pairs a person should look at
  college       TEXT NOT NULL,
  enterprise_id INTEGER NOT NULL REFERENCES enterprise (id),
  other_id      INTEGER NOT NULL REFERENCES enterprise (id),
  score         REAL NOT NULL,
  reason        TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('open', 'merged', 'distinct')),
  by            TEXT NOT NULL,
  at            TEXT NOT NULL,
  PRIMARY KEY (enterprise_id, other_id),
  CHECK (enterprise_id < other_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE faculty (                -- as last written in an accepted visit
  college    TEXT NOT NULL,
  id         TEXT NOT NULL,           -- staff number
  name       TEXT NOT NULL,
  department TEXT NOT NULL,
  PRIMARY KEY (college, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cell_map (               -- where the fields of a visit stand, relative to visit.row
  id    INTEGER PRIMARY KEY,
  cells TEXT NOT NULL UNIQUE          -- JSON: [[field, column letters, rows below visit.row, sheet or null], …]
) STRICT;

CREATE TABLE visit (
  id               INTEGER PRIMARY KEY,
  college          TEXT NOT NULL,
  submission_id    INTEGER NOT NULL REFERENCES submission (id),
  status           TEXT NOT NULL CHECK (status IN ('current', 'superseded', 'withdrawn')),
  since            INTEGER NOT NULL,
  until            INTEGER,
  replaced_by      INTEGER REFERENCES visit (id),
  content_sha256   TEXT NOT NULL,
  year             INTEGER NOT NULL,
  day              TEXT NOT NULL,
  mode             TEXT NOT NULL,
  faculty_id       TEXT NOT NULL,
  faculty_name     TEXT NOT NULL,
  department       TEXT NOT NULL,
  co_visitors      TEXT NOT NULL,     -- JSON list, as the four below
  programmes       TEXT NOT NULL,
  enterprise_id    INTEGER NOT NULL REFERENCES enterprise (id),
  enterprise_key   TEXT NOT NULL,
  enterprise_name  TEXT NOT NULL,
  uscc             TEXT NOT NULL,
  industry         TEXT NOT NULL,
  division         TEXT NOT NULL,
  size             TEXT NOT NULL,
  ownership        TEXT NOT NULL,
  region           TEXT NOT NULL,
  employees        INTEGER,
  ecosystems       TEXT NOT NULL,
  partnership      TEXT NOT NULL,
  interviewee_role TEXT NOT NULL,
  graduates_hired  INTEGER,
  satisfaction     INTEGER CHECK (satisfaction BETWEEN 1 AND 5),
  missing          TEXT,              -- why a NULL is NULL where it was said: "employees=refused,…"
  sheet            TEXT NOT NULL,
  row              INTEGER NOT NULL,  -- first row of the visit's own fields
  cell_map_id      INTEGER NOT NULL REFERENCES cell_map (id),
  CHECK ((status = 'current') = (until IS NULL))
) STRICT;
CREATE UNIQUE INDEX visit_current ON visit (college, year, faculty_id, enterprise_key, day) WHERE until IS NULL;
CREATE INDEX visit_submission ON visit (submission_id);
CREATE INDEX visit_enterprise ON visit (enterprise_id);
CREATE INDEX visit_replaced ON visit (replaced_by) WHERE replaced_by IS NOT NULL;

CREATE TABLE rating_layout (          -- the competencies a sheet asks about, in its order
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE           -- "competency:I:R:G …" with column letters, '' for no column
) STRICT;

CREATE TABLE rating_slot (            -- the same, a row for each competency
  layout_id         INTEGER NOT NULL REFERENCES rating_layout (id),
  slot              INTEGER NOT NULL, -- 0, 1 …: place in job.ratings
  competency        TEXT NOT NULL,
  importance_column TEXT NOT NULL,
  required_column   TEXT NOT NULL,
  graduate_column   TEXT NOT NULL,
  PRIMARY KEY (layout_id, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  id               INTEGER PRIMARY KEY, -- visit_id * 32768 + place in the visit: jobs of a visit stand together
  college          TEXT NOT NULL,
  visit_id         INTEGER NOT NULL REFERENCES visit (id),
  title            TEXT NOT NULL,
  family           TEXT NOT NULL,
  programme        TEXT NOT NULL,
  headcount        INTEGER,
  planned_hires    INTEGER,
  education        TEXT NOT NULL,
  experience_years REAL,
  salary_min       INTEGER,
  salary_max       INTEGER,
  certificates     TEXT NOT NULL,       -- JSON list: "track/level"
  requirement      TEXT NOT NULL,
  -- Three characters a competency (importance, required, graduate), in the order of the layout:
  -- 1–5, or - blank, u unknown, n not applicable, r refused. rating_view shows them as rows.
  ratings          TEXT NOT NULL CHECK (length(ratings) % 3 = 0 AND ratings NOT GLOB '*[^1-5unr-]*'),
  layout_id        INTEGER NOT NULL REFERENCES rating_layout (id),
  missing          TEXT,
  sheet            TEXT NOT NULL,
  row              INTEGER NOT NULL,
  requirement_cell TEXT NOT NULL,       -- A1 on the same sheet, '' where there is none
  CHECK (id >> 15 = visit_id)
) STRICT;

CREATE TABLE trend (
  id         INTEGER PRIMARY KEY,       -- as job.id
  college    TEXT NOT NULL,
  visit_id   INTEGER NOT NULL REFERENCES visit (id),
  technology TEXT NOT NULL,
  direction  TEXT NOT NULL,
  horizon    TEXT NOT NULL,
  effect     TEXT NOT NULL,
  sheet      TEXT NOT NULL,
  row        INTEGER NOT NULL,
  col        INTEGER NOT NULL,
  CHECK (id >> 15 = visit_id)
) STRICT;

CREATE TABLE suggestion (
  id       INTEGER PRIMARY KEY,         -- as job.id
  college  TEXT NOT NULL,
  visit_id INTEGER NOT NULL REFERENCES visit (id),
  module   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL,
  sheet    TEXT NOT NULL,
  row      INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  CHECK (id >> 15 = visit_id)
) STRICT;

CREATE TABLE change (                   -- every normalisation: the text as handed in, the value read
  visit_id INTEGER NOT NULL REFERENCES visit (id),
  seq      INTEGER NOT NULL,
  field    TEXT NOT NULL,
  raw      TEXT NOT NULL,
  value    TEXT NOT NULL,
  how      TEXT NOT NULL,
  sheet    TEXT NOT NULL,
  row      INTEGER NOT NULL,
  col      INTEGER NOT NULL,
  PRIMARY KEY (visit_id, seq)
) STRICT, WITHOUT ROWID;

-- What was accepted is not edited: only its end may be written.
CREATE TRIGGER visit_is_kept BEFORE UPDATE OF id, college, submission_id, since, content_sha256, year, day, mode, faculty_id,
  enterprise_id, enterprise_key, programmes, industry, size, region, sheet, row ON visit
BEGIN SELECT RAISE(ABORT, 'an accepted visit is never edited'); END;
CREATE TRIGGER job_is_kept BEFORE UPDATE ON job
BEGIN SELECT RAISE(ABORT, 'an accepted job is never edited'); END;
CREATE INDEX attempt_sum ON attempt (sha256);

-- What is handed in beside visits. A roster, a curriculum version or a year's outcomes is one
-- document: a later one with the same key replaces it as a whole. Proposals, reviews and
-- decisions are rows that are only added to.

CREATE TABLE document (
  id             INTEGER PRIMARY KEY,
  college        TEXT NOT NULL,
  submission_id  INTEGER NOT NULL REFERENCES submission (id),
  kind           TEXT NOT NULL CHECK (kind IN ('roster', 'curriculum', 'outcomes')),
  key            TEXT NOT NULL,       -- roster, outcomes: the year; curriculum: the version
  status         TEXT NOT NULL CHECK (status IN ('current', 'superseded', 'withdrawn')),
  since          INTEGER NOT NULL,
  until          INTEGER,
  replaced_by    INTEGER REFERENCES document (id),
  content_sha256 TEXT NOT NULL,
  CHECK ((status = 'current') = (until IS NULL))
) STRICT;
CREATE UNIQUE INDEX document_current ON document (college, kind, key) WHERE until IS NULL;
CREATE INDEX document_submission ON document (submission_id);

CREATE TABLE roster_faculty (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  faculty_id  TEXT NOT NULL,
  name        TEXT NOT NULL,
  department  TEXT NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_plan (            -- what each of them is expected to do
  document_id    INTEGER NOT NULL REFERENCES document (id),
  seq            INTEGER NOT NULL,
  faculty_id     TEXT NOT NULL,
  programmes     TEXT NOT NULL,       -- JSON list
  visits_planned INTEGER,
  visits_planned_missing TEXT,
  sheet          TEXT NOT NULL,
  row            INTEGER NOT NULL,
  col            INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_enterprise (      -- the sampling frame
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  name        TEXT NOT NULL,
  uscc        TEXT NOT NULL,
  industry    TEXT NOT NULL,
  division    TEXT NOT NULL,
  size        TEXT NOT NULL,
  region      TEXT NOT NULL,
  segment     TEXT NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_stratum (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  industry    TEXT NOT NULL,
  size        TEXT NOT NULL,
  population  INTEGER NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE roster_assignment (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  faculty_id  TEXT NOT NULL,
  enterprise  TEXT NOT NULL,          -- as written
  key         TEXT NOT NULL,          -- survey.EnterpriseKey, '' where it is not in the frame
  planned     TEXT NOT NULL,
  disposition TEXT NOT NULL,          -- '' while open
  note        TEXT NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE curriculum (
  document_id         INTEGER NOT NULL REFERENCES document (id),
  seq                 INTEGER NOT NULL,
  version             TEXT NOT NULL,
  valid_from          TEXT NOT NULL,
  school_reviewer     TEXT NOT NULL,  -- a role, never a name
  enterprise_reviewer TEXT NOT NULL,
  note                TEXT NOT NULL,  -- what changed since the version before
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE curriculum_programme (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  programme   TEXT NOT NULL,
  tracks      TEXT NOT NULL,          -- JSON list
  note        TEXT NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE module (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  code        TEXT NOT NULL,
  name_zh     TEXT NOT NULL,
  name_en     TEXT NOT NULL,
  category    TEXT NOT NULL,
  phase       TEXT NOT NULL,
  level       TEXT NOT NULL,
  hours       REAL NOT NULL,
  programmes  TEXT NOT NULL,          -- JSON list
  note        TEXT NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE module_competency (
  document_id   INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  module_seq    INTEGER NOT NULL,
  competency    TEXT NOT NULL,
  level         INTEGER NOT NULL,
  hours         REAL,
  hours_missing TEXT,
  relation      INTEGER,              -- 0, 1, 3 or 9
  relation_missing TEXT,
  sheet         TEXT NOT NULL,
  row           INTEGER NOT NULL,
  col           INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq),
  FOREIGN KEY (document_id, module_seq) REFERENCES module (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE module_certification (
  document_id  INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  module_seq   INTEGER NOT NULL,
  track        TEXT NOT NULL,
  level        TEXT NOT NULL,
  exam         TEXT NOT NULL,
  exam_version TEXT NOT NULL,
  sheet        TEXT NOT NULL,
  row          INTEGER NOT NULL,
  col          INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq),
  FOREIGN KEY (document_id, module_seq) REFERENCES module (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE exam_domain (            -- the domains of an exam that a module covers
  document_id       INTEGER NOT NULL,
  seq               INTEGER NOT NULL,
  certification_seq INTEGER NOT NULL,
  domain            TEXT NOT NULL,
  percent           REAL,
  percent_missing   TEXT,
  sheet             TEXT NOT NULL,
  row               INTEGER NOT NULL,
  col               INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq),
  FOREIGN KEY (document_id, certification_seq) REFERENCES module_certification (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE module_competition (
  document_id   INTEGER NOT NULL,
  seq           INTEGER NOT NULL,
  module_seq    INTEGER NOT NULL,
  name          TEXT NOT NULL,
  track         TEXT NOT NULL,
  share         REAL,
  share_missing TEXT,
  sheet         TEXT NOT NULL,
  row           INTEGER NOT NULL,
  col           INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq),
  FOREIGN KEY (document_id, module_seq) REFERENCES module (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE curriculum_note (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  text_zh     TEXT NOT NULL,
  text_en     TEXT NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate_outcome (
  document_id        INTEGER NOT NULL REFERENCES document (id),
  seq                INTEGER NOT NULL,
  programme          TEXT NOT NULL,
  track              TEXT NOT NULL,
  level              TEXT NOT NULL,
  cohort             TEXT NOT NULL,
  year               INTEGER NOT NULL,
  candidates         INTEGER,
  candidates_missing TEXT,
  earned             INTEGER NOT NULL,
  sheet              TEXT NOT NULL,
  row                INTEGER NOT NULL,
  col                INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE competition_outcome (
  document_id INTEGER NOT NULL REFERENCES document (id),
  seq         INTEGER NOT NULL,
  programme   TEXT NOT NULL,
  competition TEXT NOT NULL,
  track       TEXT NOT NULL,
  year        INTEGER NOT NULL,
  stage       TEXT NOT NULL,
  award       TEXT NOT NULL,
  teams       INTEGER NOT NULL,
  sheet       TEXT NOT NULL,
  row         INTEGER NOT NULL,
  col         INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE graduate_outcome (
  document_id     INTEGER NOT NULL REFERENCES document (id),
  seq             INTEGER NOT NULL,
  programme       TEXT NOT NULL,
  year            INTEGER NOT NULL,
  graduates       INTEGER NOT NULL,
  employed        INTEGER,
  employed_missing TEXT,
  related         INTEGER,
  related_missing TEXT,
  starting_salary INTEGER,            -- mean, yuan per month
  starting_salary_missing TEXT,
  sheet           TEXT NOT NULL,
  row             INTEGER NOT NULL,
  col             INTEGER NOT NULL,
  PRIMARY KEY (document_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposal (
  id             INTEGER PRIMARY KEY,
  college        TEXT NOT NULL,
  submission_id  INTEGER REFERENCES submission (id), -- NULL: opened in the program
  since          INTEGER NOT NULL,
  until          INTEGER,
  content_sha256 TEXT NOT NULL,
  proposal_id    TEXT NOT NULL CHECK (proposal_id <> ''),
  year           INTEGER NOT NULL,
  opened         TEXT NOT NULL,
  origin         TEXT NOT NULL,
  evidence       TEXT NOT NULL,
  programme      TEXT NOT NULL,
  module         TEXT NOT NULL,
  competency     TEXT NOT NULL,
  kind           TEXT NOT NULL,
  text           TEXT NOT NULL,
  supersedes     TEXT NOT NULL,
  sheet          TEXT NOT NULL,
  row            INTEGER NOT NULL,
  col            INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX proposal_current ON proposal (college, proposal_id) WHERE until IS NULL;

CREATE TABLE review (
  id             INTEGER PRIMARY KEY,
  college        TEXT NOT NULL,
  submission_id  INTEGER REFERENCES submission (id),
  since          INTEGER NOT NULL,
  until          INTEGER,
  content_sha256 TEXT NOT NULL,
  proposal_id    TEXT NOT NULL CHECK (proposal_id <> ''),
  side           TEXT NOT NULL CHECK (side IN ('school', 'enterprise')),
  role           TEXT NOT NULL,       -- never a name
  opinion        TEXT NOT NULL,
  text           TEXT NOT NULL,
  day            TEXT NOT NULL,
  sheet          TEXT NOT NULL,
  row            INTEGER NOT NULL,
  col            INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX review_current ON review (college, proposal_id, side, role, day) WHERE until IS NULL;

CREATE TABLE decision (
  id             INTEGER PRIMARY KEY,
  college        TEXT NOT NULL,
  submission_id  INTEGER REFERENCES submission (id),
  since          INTEGER NOT NULL,
  until          INTEGER,
  content_sha256 TEXT NOT NULL,
  decision_id    TEXT NOT NULL CHECK (decision_id <> ''),
  proposal_id    TEXT NOT NULL,
  year           INTEGER NOT NULL,
  day            TEXT NOT NULL,
  outcome        TEXT NOT NULL CHECK (outcome IN ('adopt', 'defer', 'reject')),
  reason         TEXT NOT NULL,
  programme      TEXT NOT NULL,
  module         TEXT NOT NULL,
  module_version TEXT NOT NULL,
  effective      INTEGER NOT NULL,    -- first year in which a survey may show its effect
  competency     TEXT NOT NULL,
  kind           TEXT NOT NULL,
  sheet          TEXT NOT NULL,
  row            INTEGER NOT NULL,
  col            INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX decision_current ON decision (college, decision_id) WHERE until IS NULL;

-- Nothing of a proposal, a review or a decision is edited away: only its end may be written.
CREATE TRIGGER proposal_is_kept BEFORE DELETE ON proposal BEGIN SELECT RAISE(ABORT, 'a proposal is never deleted'); END;
CREATE TRIGGER review_is_kept BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'a review is never deleted'); END;
CREATE TRIGGER decision_is_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'a decision is never deleted'); END;
CREATE TRIGGER proposal_is_fixed BEFORE UPDATE ON proposal WHEN NEW.content_sha256 <> OLD.content_sha256 OR OLD.until IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a proposal is never edited'); END;
CREATE TRIGGER review_is_fixed BEFORE UPDATE ON review WHEN NEW.content_sha256 <> OLD.content_sha256 OR OLD.until IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a review is never edited'); END;
CREATE TRIGGER decision_is_fixed BEFORE UPDATE ON decision WHEN NEW.content_sha256 <> OLD.content_sha256 OR OLD.until IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a decision is never edited'); END;

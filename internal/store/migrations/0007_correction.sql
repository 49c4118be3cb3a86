-- A workbook that was returned with its problems marked, mended and handed in again: which file
-- it is the mended copy of. So a refused file is known to be settled, and a visit whose teacher, day
-- or enterprise was wrong is replaced, not doubled.

CREATE TABLE correction (
  college     TEXT NOT NULL,
  sha256      TEXT NOT NULL,          -- the file that was returned
  by_sha256   TEXT NOT NULL,          -- the mended one, which was taken
  since       INTEGER NOT NULL,
  PRIMARY KEY (college, sha256, by_sha256)
) STRICT, WITHOUT ROWID;

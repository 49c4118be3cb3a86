-- The codebooks that published reports were made with, so that a report can be made again.

CREATE TABLE kept_codebook (
  sha256  TEXT PRIMARY KEY,           -- of text
  id      TEXT NOT NULL,              -- id@version
  kept_at TEXT NOT NULL,
  text    TEXT NOT NULL               -- YAML, whole
) STRICT, WITHOUT ROWID;

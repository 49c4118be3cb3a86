-- Who may use the web pages, who is signed in, and what people say about a figure or a file.
-- The log names people by account ("u17"), never by staff number, so that a person can be erased
-- from here without touching the chain.

CREATE TABLE account (
  id           INTEGER PRIMARY KEY,
  college      TEXT NOT NULL CHECK (college <> ''),
  login        TEXT NOT NULL COLLATE NOCASE CHECK (login <> ''), -- a staff number for faculty
  name         TEXT NOT NULL,
  department   TEXT NOT NULL,          -- for the office: '' sees every department
  roles        TEXT NOT NULL,          -- JSON list, as programmes
  programmes   TEXT NOT NULL,
  password     TEXT NOT NULL,          -- argon2id in PHC form, '' where only a provider signs in
  must_change  INTEGER NOT NULL CHECK (must_change IN (0, 1)),
  created_at   TEXT NOT NULL,
  disabled_at  TEXT,
  signed_in_at TEXT,
  UNIQUE (college, login)
) STRICT;

CREATE TABLE session (
  token_sha256 TEXT PRIMARY KEY CHECK (length(token_sha256) = 64), -- the cookie itself is kept by the browser alone
  account_id   INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  started_at   TEXT NOT NULL,
  seen_at      TEXT NOT NULL,
  ends_at      TEXT NOT NULL,          -- at the latest, used or not
  way          TEXT NOT NULL,          -- password, oidc or cas
  agent        TEXT NOT NULL           -- what the browser calls itself, shortened
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account_id);

CREATE TABLE comment (
  id      INTEGER PRIMARY KEY,
  college TEXT NOT NULL CHECK (college <> ''),
  object  TEXT NOT NULL,               -- e.g. "submission/12", "figure/2026/iot.html#gaps"
  sheet   TEXT NOT NULL,               -- the cell it is pinned to, where it is
  row     INTEGER NOT NULL,
  col     INTEGER NOT NULL,
  kind    TEXT NOT NULL CHECK (kind IN ('remark', 'accepted', 'returned')),
  by      TEXT NOT NULL,               -- "u17"
  at      TEXT NOT NULL,
  text    TEXT NOT NULL,
  since   INTEGER NOT NULL,
  until   INTEGER                      -- taken back
) STRICT;
CREATE INDEX comment_object ON comment (college, object);

CREATE TABLE proposal_reader (         -- enterprise reviewers a proposal is addressed to
  college     TEXT NOT NULL,
  proposal_id TEXT NOT NULL,
  account_id  INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  by          TEXT NOT NULL,
  at          TEXT NOT NULL,
  PRIMARY KEY (college, proposal_id, account_id)
) STRICT, WITHOUT ROWID;

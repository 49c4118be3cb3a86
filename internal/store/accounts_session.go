package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Session is one browser that is signed in. It is known by the SHA-256 of its cookie; the cookie
// itself is never stored, so a copy of the database signs nobody in.
type Session struct {
	Token   string // SHA-256 of the cookie's value, in hex
	Account AccountID
	Started time.Time
	Seen    time.Time
	Ends    time.Time // at the latest
	Way     string    // password, oidc or cas
	Agent   string    // what the browser calls itself, shortened
}

const sessionColumns = "token_sha256, account_id, started_at, seen_at, ends_at, way, agent"

func (x *Session) fields() []any {
	return []any{&x.Token, &x.Account, timeOf(&x.Started), timeOf(&x.Seen), timeOf(&x.Ends), &x.Way, &x.Agent}
}

// StartSession records that an account signed in. origin goes into the log as JSON detail, e.g.
// {"ip":"10.1.2.0/24"}. ErrConflict says that the account may not sign in (any more).
func (s *Store) StartSession(ctx context.Context, x Session, origin map[string]string) error {
	if !isSum(x.Token) {
		return invalid("会话须以其令牌的 SHA-256 记录。", "A session is kept by the SHA-256 of its token.")
	}
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		a, err := b.account(ctx, x.Account)
		if err == nil && !a.Disabled.IsZero() {
			err = conflict("这个账号已停用。", "The account is disabled.")
		}
		if err != nil {
			return struct{}{}, err
		}
		detail, _ := json.Marshal(origin)
		b.record(a.College, x.Account.Actor(), "session.started", "account/"+itoa(x.Account), string(detail))
		row := newRows("session", sessionColumns, "")
		row.add(x.fields()...)
		if err := row.flush(ctx, b.tx); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, b.exec(ctx, "UPDATE account SET signed_in_at = ? WHERE id = ?", timeOf(&x.Started), int64(x.Account))
	})
	return err
}

// Session returns a session with its account; ErrNotFound where there is none. Whether it has
// ended by its age is for the caller to judge.
func (r *Reader) Session(ctx context.Context, token string) (Session, Account, error) {
	type pair struct {
		Session
		Account
	}
	found, err := queryAll(ctx, r, func(p *pair) []any { return append(p.Session.fields(), p.Account.fields()...) },
		"SELECT "+qualified("s", sessionColumns)+", "+qualified("a", accountColumns)+" FROM session s JOIN account a ON a.id = s.account_id WHERE s.token_sha256 = ?", token)
	if err == nil && len(found) == 0 {
		err = notFound("会话", "session")
	}
	if err != nil {
		return Session{}, Account{}, err
	}
	return found[0].Session, found[0].Account, nil
}

// Sessions lists all sessions, the latest used first.
func (r *Reader) Sessions(ctx context.Context) ([]Session, error) {
	return queryAll(ctx, r, (*Session).fields, "SELECT "+sessionColumns+" FROM session ORDER BY seen_at DESC, token_sha256")
}

// TouchSession notes that a session is in use.
func (s *Store) TouchSession(ctx context.Context, token string, at time.Time) error {
	if s.write == nil {
		return readOnly(s.path, nil)
	}
	_, err := s.write.ExecContext(ctx, "UPDATE session SET seen_at = max(seen_at, ?) WHERE token_sha256 = ?", stampTime(at), token)
	return explain(s.path, err)
}

// EndSession signs one browser out. Ending what has ended already changes nothing.
func (s *Store) EndSession(ctx context.Context, token string, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		var id AccountID
		var college string
		found, err := b.row(ctx, "SELECT s.account_id, a.college FROM session s JOIN account a ON a.id = s.account_id WHERE s.token_sha256 = ?", []any{token}, &id, &college)
		if err == nil && found {
			b.record(college, act.By, "session.ended", "account/"+itoa(id), "")
			err = b.exec(ctx, "DELETE FROM session WHERE token_sha256 = ?", token)
		}
		return struct{}{}, err
	})
	return err
}

// EndSessions signs an account out everywhere and returns how many sessions that were.
func (s *Store) EndSessions(ctx context.Context, id AccountID, act Act) (int, error) {
	return inBatch(ctx, s, func(b *Batch) (n int, err error) {
		a, err := b.account(ctx, id)
		if err == nil {
			err = b.tx.QueryRowContext(ctx, "SELECT count(*) FROM session WHERE account_id = ?", int64(id)).Scan(&n)
		}
		if err == nil {
			b.record(a.College, act.By, "session.all_ended", "account/"+itoa(id), fmt.Sprintf(`{"sessions":%d}`, n))
			err = b.exec(ctx, "DELETE FROM session WHERE account_id = ?", int64(id))
		}
		return n, err
	})
}

// PruneSessions forgets sessions not used since idle, and those past their end.
func (s *Store) PruneSessions(ctx context.Context, idle, now time.Time) error {
	if s.write == nil {
		return readOnly(s.path, nil)
	}
	_, err := s.write.ExecContext(ctx, "DELETE FROM session WHERE seen_at < ? OR ends_at < ?", stampTime(idle), stampTime(now))
	return explain(s.path, err)
}

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// AccountID names an account; 0 is none.
type AccountID int64

// Actor is how the audit log and every record of an act name the account: "u17".
func (id AccountID) Actor() string { return "u" + itoa(id) }

// Account is a person who may sign in.
type Account struct {
	ID         AccountID
	College    string
	Login      string // a staff number for faculty; letter case does not matter
	Name       string
	Department string
	Roles      []string               // faculty, secretary, office, committee, reviewer, admin
	Programmes []codebook.ProgrammeID // what a reviewer or committee member is concerned with; none is all
	Password   string                 // argon2id in PHC form, "" where only a provider signs in
	MustChange bool                   // the password was set by somebody else
	Created    time.Time
	Disabled   time.Time // zero while it may sign in
	SignedIn   time.Time // last time; zero for never
}

const accountColumns = "id, college, login, name, department, roles, programmes, password, must_change, created_at, disabled_at, signed_in_at"

func (a *Account) fields() []any {
	return []any{&a.ID, &a.College, &a.Login, &a.Name, &a.Department, listOf(&a.Roles), listOf(&a.Programmes), &a.Password, &a.MustChange,
		timeOf(&a.Created), timeOf(&a.Disabled), timeOf(&a.SignedIn)}
}

// Accounts lists every account by login.
func (r *Reader) Accounts(ctx context.Context) ([]Account, error) {
	return queryAll(ctx, r, (*Account).fields, "SELECT "+accountColumns+" FROM account WHERE (? = '' OR college = ?) ORDER BY login", r.college, r.college)
}

// Account returns one account; ErrNotFound where there is none.
func (r *Reader) Account(ctx context.Context, id AccountID) (Account, error) {
	return onlyAccount(queryAll(ctx, r, (*Account).fields, "SELECT "+accountColumns+" FROM account WHERE id = ?", int64(id)))
}

// AccountOf returns the account with a login; ErrNotFound where there is none.
func (r *Reader) AccountOf(ctx context.Context, college, login string) (Account, error) {
	return onlyAccount(queryAll(ctx, r, (*Account).fields, "SELECT "+accountColumns+" FROM account WHERE college = ? AND login = ?", college, login))
}

func onlyAccount(found []Account, err error) (Account, error) {
	if err == nil && len(found) == 0 {
		err = notFound("账号", "account")
	}
	if err != nil {
		return Account{}, err
	}
	return found[0], nil
}

// AddAccount adds an account. ErrConflict says that the login is taken.
func (s *Store) AddAccount(ctx context.Context, a Account, act Act) (AccountID, error) {
	ids, err := s.AddAccounts(ctx, []Account{a}, act)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// AddAccounts adds accounts, all of them or none. ErrConflict says that a login is taken.
func (s *Store) AddAccounts(ctx context.Context, list []Account, act Act) ([]AccountID, error) {
	return inBatch(ctx, s, func(b *Batch) ([]AccountID, error) {
		ids, last := make([]AccountID, len(list)), b.lastActor(ctx)
		for i, a := range list {
			id, err := b.addAccount(ctx, a, last, act)
			if err != nil {
				return nil, err
			}
			ids[i] = id
		}
		return ids, nil
	})
}

// addAccount adds one; last is the highest number that was ever given.
func (b *Batch) addAccount(ctx context.Context, a Account, last AccountID, act Act) (AccountID, error) {
	a.Login = strings.TrimSpace(a.Login)
	if a.College == "" || a.Login == "" {
		return 0, invalid("账号须有学院和登录名。", "An account needs a college and a login.")
	}
	var taken bool
	const q = "SELECT EXISTS (SELECT 1 FROM account WHERE college = ? AND login = ?), (SELECT coalesce(max(id), 0) + 1 FROM account)"
	if err := b.tx.QueryRowContext(ctx, q, a.College, a.Login).Scan(&taken, &a.ID); err != nil {
		return 0, err
	}
	if taken {
		return 0, conflict("登录名 "+a.Login+" 已有账号。", "The login "+a.Login+" is taken.")
	}
	a.ID = max(a.ID, last+1)
	a.Created, a.Disabled, a.SignedIn = b.s.now(), time.Time{}, time.Time{}
	if act.By == "" {
		act.By = a.ID.Actor()
	}
	row := newRows("account", accountColumns, "")
	row.add(a.fields()...)
	b.record(a.College, act.By, "account.added", "account/"+itoa(a.ID), rolesJSON(a))
	return a.ID, row.flush(ctx, b.tx)
}

// lastActor is the highest account number the log knows: a number that was erased is never given
// to another person.
func (b *Batch) lastActor(ctx context.Context) AccountID {
	var n AccountID
	const q = "SELECT coalesce(max(CAST(substr(object, 9) AS INTEGER)), 0) FROM audit WHERE action = 'account.added'"
	if err := b.tx.QueryRowContext(ctx, q).Scan(&n); err != nil {
		return 0
	}
	return n
}

func rolesJSON(a Account) string {
	roles := a.Roles
	if roles == nil {
		roles = []string{}
	}
	text, _ := json.Marshal(struct {
		Roles []string `json:"roles"`
	}{roles})
	return string(text)
}

// ChangeAccount sets name, department, roles and programmes, and ends the account's sessions, so
// that a role that was lowered is lowered at once.
func (s *Store) ChangeAccount(ctx context.Context, a Account, act Act) error {
	return s.changeAccount(ctx, a.ID, act, "account.changed", rolesJSON(a),
		"UPDATE account SET name = ?, department = ?, roles = ?, programmes = ? WHERE id = ?", a.Name, a.Department, listOf(&a.Roles), listOf(&a.Programmes), int64(a.ID))
}

// SetPassword sets the hash of a new password and ends the account's sessions. mustChange asks
// for another one at the next sign-in.
func (s *Store) SetPassword(ctx context.Context, id AccountID, hash string, mustChange bool, act Act) error {
	return s.changeAccount(ctx, id, act, "account.password", "", "UPDATE account SET password = ?, must_change = ? WHERE id = ?", hash, mustChange, int64(id))
}

// DisableAccount keeps an account from signing in, or lets it again, and ends its sessions.
func (s *Store) DisableAccount(ctx context.Context, id AccountID, disabled bool, act Act) error {
	action, at := "account.enabled", time.Time{}
	if disabled {
		action, at = "account.disabled", s.now()
	}
	return s.changeAccount(ctx, id, act, action, "", "UPDATE account SET disabled_at = ? WHERE id = ?", timeOf(&at), int64(id))
}

func (s *Store) changeAccount(ctx context.Context, id AccountID, act Act, action, detail, update string, args ...any) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		a, err := b.account(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		b.record(a.College, act.By, action, "account/"+itoa(id), detail)
		err = b.exec(ctx, update, args...)
		if err == nil {
			err = b.exec(ctx, "DELETE FROM session WHERE account_id = ?", int64(id))
		}
		return struct{}{}, err
	})
	return err
}

func (b *Batch) account(ctx context.Context, id AccountID) (Account, error) {
	return onlyAccount(queryOn(ctx, b.tx, (*Account).fields, "SELECT "+accountColumns+" FROM account WHERE id = ?", int64(id)))
}

// AddressProposal says which reviewers a proposal is put to, instead of those it was put to.
func (s *Store) AddressProposal(ctx context.Context, college, proposal string, readers []AccountID, act Act) error {
	_, err := inBatch(ctx, s, func(b *Batch) (struct{}, error) {
		b.record(college, act.By, "proposal.addressed", "proposal/"+proposal, fmt.Sprintf(`{"readers":%d}`, len(readers)))
		err := b.exec(ctx, "DELETE FROM proposal_reader WHERE college = ? AND proposal_id = ?", college, proposal)
		for _, id := range readers {
			err = errors.Join(err, b.exec(ctx, "INSERT INTO proposal_reader (college, proposal_id, account_id, by, at) VALUES (?, ?, ?, ?, ?)",
				college, proposal, int64(id), act.By, stampTime(s.now())))
		}
		return struct{}{}, err
	})
	return err
}

// ProposalReaders returns whom each proposal is addressed to.
func (r *Reader) ProposalReaders(ctx context.Context) (map[string][]AccountID, error) {
	type row struct {
		proposal string
		account  AccountID
	}
	found, err := queryAll(ctx, r, func(x *row) []any { return []any{&x.proposal, &x.account} },
		"SELECT proposal_id, account_id FROM proposal_reader WHERE (? = '' OR college = ?) ORDER BY proposal_id, account_id", r.college, r.college)
	out := make(map[string][]AccountID)
	for _, x := range found {
		out[x.proposal] = append(out[x.proposal], x.account)
	}
	return out, err
}

package store

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Accounts of these tests are invented.
func anAccount(login string, roles ...string) Account {
	return Account{College: "ict", Login: login, Name: "样例教师", Department: "通信系", Roles: roles,
		Programmes: []codebook.ProgrammeID{"iot"}, Password: "$argon2id$made-up"}
}

func mustAdd(t *testing.T, s *Store, a Account) AccountID {
	t.Helper()
	id, err := s.AddAccount(context.Background(), a, Act{By: "u1"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// erased takes the person of an account out of the database.
func erased(s *Store, id AccountID) error {
	ctx := context.Background()
	a, err := s.Account(ctx, id)
	if err != nil {
		return err
	}
	_, err = s.ErasePerson(ctx, Erasing{College: a.College, Disguise: Disguise{Staff: a.Login, Pseudonym: "X1"}, Account: id}, Act{By: "u1", Reason: "made up"})
	return errors.Join(err, s.Forget(ctx))
}

func hashed(c string) string { return strings.Repeat(c, 64) }

func signIn(t *testing.T, s *Store, id AccountID, tok string, at time.Time) {
	t.Helper()
	if err := s.StartSession(context.Background(), Session{Token: tok, Account: id, Started: at, Seen: at, Ends: at.Add(12 * time.Hour), Way: "password", Agent: "test"}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestAccountRoundTrip(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	want := anAccount("T00012", "faculty", "committee")
	want.ID = mustAdd(t, s, want)
	got, err := s.AccountOf(ctx, "ict", "t00012") // letter case does not matter
	if err != nil {
		t.Fatal(err)
	}
	want.Created = got.Created
	if diff := cmp.Diff(want, got); diff != "" || got.Created.IsZero() {
		t.Errorf("%s created %v", diff, got.Created)
	}
	if _, err := s.AddAccount(ctx, anAccount("t00012"), Act{}); !errors.Is(err, ErrConflict) {
		t.Errorf("a login was given twice: %v", err)
	}
	if _, err := s.AccountOf(ctx, "other", "T00012"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an account of another college: %v", err)
	}
	sound(t, s)
}

// Whatever lowers what an account may do ends its sessions in the same step.
func TestChangesEndSessions(t *testing.T) {
	at := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		change func(*Store, AccountID) error
	}{
		{"role changed", func(s *Store, id AccountID) error {
			return s.ChangeAccount(context.Background(), Account{ID: id, Roles: []string{"faculty"}}, Act{By: "u1"})
		}},
		{"password set", func(s *Store, id AccountID) error {
			return s.SetPassword(context.Background(), id, "x", true, Act{By: "u1"})
		}},
		{"disabled", func(s *Store, id AccountID) error {
			return s.DisableAccount(context.Background(), id, true, Act{By: "u1"})
		}},
		{"erased", erased},
		{"signed out", func(s *Store, _ AccountID) error {
			return s.EndSession(context.Background(), hashed("a"), Act{By: "u2"})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, ctx := openTemp(t), context.Background()
			id, other := mustAdd(t, s, anAccount("T1", "admin")), mustAdd(t, s, anAccount("T2", "office"))
			signIn(t, s, id, hashed("a"), at)
			signIn(t, s, other, hashed("b"), at)
			if err := c.change(s, id); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Session(ctx, hashed("a")); !errors.Is(err, ErrNotFound) {
				t.Errorf("the session still stands: %v", err)
			}
			if _, _, err := s.Session(ctx, hashed("b")); err != nil {
				t.Errorf("another's session went too: %v", err)
			}
			sound(t, s)
		})
	}
}

func TestSessionsOfDisabledAccountsDoNotStart(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	id := mustAdd(t, s, anAccount("T1"))
	if err := s.DisableAccount(ctx, id, true, Act{By: "u9"}); err != nil {
		t.Fatal(err)
	}
	err := s.StartSession(ctx, Session{Token: hashed("a"), Account: id, Started: s.now(), Seen: s.now(), Ends: s.now()}, nil)
	if !errors.Is(err, ErrConflict) {
		t.Errorf("got %v", err)
	}
	if err := s.StartSession(ctx, Session{Token: "not a hash", Account: id}, nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("a plain token was kept: %v", err)
	}
}

// Touching never moves a session back: a clock set back makes none older.
func TestTouchAndPrune(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	id := mustAdd(t, s, anAccount("T1"))
	start := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	for tok, seen := range map[string]time.Duration{"a": 0, "b": time.Hour, "c": 13 * time.Hour} {
		signIn(t, s, id, hashed(tok), start)
		if err := errors.Join(s.TouchSession(ctx, hashed(tok), start.Add(seen)), s.TouchSession(ctx, hashed(tok), start.Add(-time.Hour))); err != nil {
			t.Fatal(err)
		}
	}
	if x, _, err := s.Session(ctx, hashed("b")); err != nil || !x.Seen.Equal(start.Add(time.Hour)) {
		t.Errorf("seen %v %v", x.Seen, err)
	}
	if err := s.PruneSessions(ctx, start.Add(30*time.Minute), start.Add(11*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Sessions(ctx); err != nil || len(left) != 2 {
		t.Errorf("%d left, want the two used later: %v", len(left), err)
	}
	if err := s.PruneSessions(ctx, start, start.Add(13*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Sessions(ctx); err != nil || len(left) != 0 {
		t.Errorf("%d left past their end: %v", len(left), err)
	}
}

// An erased person's number is never given to another: the log would name the wrong one.
func TestErasedNumbersAreNotReused(t *testing.T) {
	s := openTemp(t)
	id := mustAdd(t, s, anAccount("T1"))
	if err := erased(s, id); err != nil {
		t.Fatal(err)
	}
	if again := mustAdd(t, s, anAccount("T2")); again == id {
		t.Errorf("account %d was given twice", id)
	}
	sound(t, s)
}

func TestComments(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	cell := survey.Ref{Sheet: "岗位 Jobs", Row: 4, Col: 7}
	for _, c := range []struct {
		why  string
		c    Comment
		kind error
	}{
		{"a remark on a cell", Comment{Object: "submission/1", Ref: cell, Kind: Remark, Text: "请核对"}, nil},
		{"another submission", Comment{Object: "submission/12", Kind: SentBack, Text: "缺岗位"}, nil},
		{"approval needs no words", Comment{Object: "submission/1", Kind: Approved}, nil},
		{"an empty remark", Comment{Object: "submission/1", Kind: Remark}, ErrInvalid},
		{"a kind there is not", Comment{Object: "submission/1", Kind: "shout", Text: "x"}, ErrInvalid},
		{"too long", Comment{Object: "submission/1", Kind: Remark, Text: strings.Repeat("长", 4001)}, ErrInvalid},
		{"about nothing", Comment{Kind: Remark, Text: "x"}, ErrInvalid},
	} {
		c.c.College, c.c.By = "ict", "u1"
		if _, err := s.Comment(ctx, c.c); !errors.Is(err, c.kind) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
	all, err := s.Comments(ctx, "submission/1")
	if err != nil || len(all) != 3 || all[0].Ref != cell || all[0].Text != "请核对" {
		t.Fatalf("%+v %v", all, err)
	}
	if err := s.TakeBackComment(ctx, all[0].ID, Act{By: "u1"}); err != nil {
		t.Fatal(err)
	}
	if err := s.TakeBackComment(ctx, all[0].ID, Act{By: "u1"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("taken back twice: %v", err)
	}
	if left, _ := s.Comments(ctx, "submission/1"); len(left) != 2 {
		t.Errorf("%d comments left", len(left))
	}
	sound(t, s)
}

func TestProposalReaders(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	a, b := mustAdd(t, s, anAccount("R1", "reviewer")), mustAdd(t, s, anAccount("R2", "reviewer"))
	for _, readers := range [][]AccountID{{a, b}, {b}} {
		if err := s.AddressProposal(ctx, "ict", "P2026-01", readers, Act{By: "u1"}); err != nil {
			t.Fatal(err)
		}
		got, err := s.ProposalReaders(ctx)
		if diff := cmp.Diff(map[string][]AccountID{"P2026-01": readers}, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	if err := erased(s, b); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.ProposalReaders(ctx); len(got) != 0 {
		t.Errorf("an erased reviewer is still addressed: %v", got)
	}
}

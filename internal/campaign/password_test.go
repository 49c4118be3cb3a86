package campaign

import (
	"strings"
	"testing"
)

// TestPasswordMatches: a hash answers to its own password and to nothing else, and a text that is no hash to nothing.
func TestPasswordMatches(t *testing.T) {
	const password = "四匹马 correct horse"
	cost := HashCost{MemoryKiB: 64, Passes: 1, Lanes: 1}
	hash := HashPassword(password, cost)
	if again := HashPassword(password, cost); again == hash {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	for _, c := range []struct {
		why, password, hash string
		want                bool
	}{
		{"the password", password, hash, true},
		{"another", "four horses, correct", hash, false},
		{"another case", strings.ToUpper(password), hash, false},
		{"a blank behind it", password + " ", hash, false},
		{"nothing", "", hash, false},
		{"a hash of another cost in its stead", password, strings.Replace(hash, "t=1", "t=2", 1), false},
		{"a hash cut short", password, hash[:len(hash)-24], false},
		{"no hash", password, "", false},
		{"the password itself where the hash belongs", password, password, false},
	} {
		if got := PasswordMatches(c.password, c.hash); got != c.want {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
	if got, ok := CostOf(hash); !ok || got != cost {
		t.Errorf("the hash says it cost %+v, %v; want %+v", got, ok, cost)
	}
}

// TestPasswordFault: length is all that is asked for, and that it is no login and no single character.
func TestPasswordFault(t *testing.T) {
	for _, c := range []struct {
		why, password string
		says          string // part of the English fault; "" where the password will do
	}{
		{"as short as may be", strings.Repeat("ab", MinPassword/2), ""},
		{"one too short", strings.Repeat("ab", MinPassword/2)[1:], "at least"},
		{"as long as may be", strings.Repeat("ab", MaxPassword/2), ""},
		{"one too long", strings.Repeat("ab", MaxPassword/2) + "a", "at most"},
		{"characters, not bytes, are counted", "一二三四五六七八九", "at least"},
		{"the login within it", "xx-Office-xx-2026", "the login"},
		{"one letter again and again", "aaaaaaaaaaaa", "repeated"},
		{"one Chinese character again and again", "长长长长长长长长长长长长", "repeated"},
		{"bytes that are no text", "\xff\xfeabcdefghijk", "invalid"},
		{"nothing", "", "at least"},
	} {
		fault, ok := PasswordFault(c.password, "office")
		if ok != (c.says == "") || !strings.Contains(fault.EN, c.says) || !ok && fault.ZH == "" {
			t.Errorf("%s: %v %+v, want %q", c.why, ok, fault, c.says)
		}
	}
}

package campaign

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// HashCost says what one hash of a password costs. The default is the second choice of RFC 9106:
// 64 MiB and three passes.
type HashCost struct {
	MemoryKiB uint32
	Passes    uint32
	Lanes     uint8
}

// DefaultHashCost is what passwords are hashed with.
var DefaultHashCost = HashCost{MemoryKiB: 64 << 10, Passes: 3, Lanes: 4}

const (
	saltBytes = 16
	keyBytes  = 32
)

// The least and most characters of a password. Length is all that is asked for.
const (
	MinPassword = 10
	MaxPassword = 200
)

// PasswordFault says what is wrong with a password for a login; ok is true where nothing is.
func PasswordFault(password, login string) (fault codebook.Text, ok bool) {
	_, first := utf8.DecodeRuneInString(password)
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return codebook.Text{ZH: "密码含有无效字符。", EN: "The password holds invalid characters."}, false
	case n < MinPassword:
		return codebook.Text{ZH: fmt.Sprintf("密码至少 %d 个字符；几个互不相干的词连起来最好记。", MinPassword),
			EN: fmt.Sprintf("A password has at least %d characters; a few unrelated words are easy to keep in mind.", MinPassword)}, false
	case n > MaxPassword:
		return codebook.Text{ZH: fmt.Sprintf("密码至多 %d 个字符。", MaxPassword), EN: fmt.Sprintf("A password has at most %d characters.", MaxPassword)}, false
	case login != "" && strings.Contains(strings.ToLower(password), strings.ToLower(login)):
		return codebook.Text{ZH: "密码里不能含有登录名。", EN: "The password must not contain the login."}, false
	case strings.Count(password, password[:first]) == n:
		return codebook.Text{ZH: "密码不能由同一个字符组成。", EN: "The password must not be one character repeated."}, false
	}
	return codebook.Text{}, true
}

// HashPassword hashes a password with argon2id and a fresh salt, in PHC form.
func HashPassword(password string, cost HashCost) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.MemoryKiB, cost.Passes, cost.Lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// PasswordMatches reports whether a password is the one that was hashed. A text that is no hash
// of ours matches nothing.
func PasswordMatches(password, hash string) bool {
	cost, salt, key, ok := parseHash(hash)
	if !ok {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1
}

// CostOf reads what a hash cost to make; ok is false where the text is no hash of ours.
func CostOf(hash string) (HashCost, bool) {
	cost, _, _, ok := parseHash(hash)
	return cost, ok
}

// parseHash takes a hash apart. Costs beyond a sane bound are refused, so that a row written by
// another hand cannot take the machine down.
func parseHash(hash string) (cost HashCost, salt, key []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return cost, nil, nil, false
	}
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return cost, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); n != 3 || err != nil {
		return cost, nil, nil, false
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	sane := cost.MemoryKiB >= 8 && cost.MemoryKiB <= 1<<20 && cost.Passes >= 1 && cost.Passes <= 16 && cost.Lanes >= 1
	return cost, salt, key, errSalt == nil && errKey == nil && sane && len(salt) >= 8 && len(key) >= 16
}

// crockford is base 32 without the letters that look like digits.
var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Secret makes an unguessable word of n random bytes that a person can type: lower-case letters
// and digits in groups of five.
func Secret(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	return grouped(crockford.EncodeToString(raw))
}

// grouped puts a hyphen after every five characters.
func grouped(s string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Matches reports whether what a person typed is the password that was hashed. Of a first password, which
// Secret made, case, blanks and hyphens do not matter, nor does a letter typed for the digit it looks like.
func Matches(typed, hash string) bool {
	if cost, ok := CostOf(hash); ok && cost == firstCost {
		typed = grouped(plainSecret(typed))
	}
	return PasswordMatches(typed, hash)
}

// SameSecret reports whether what a person typed is the secret. Case, blanks and hyphens do not
// matter, nor does a letter typed for the digit it looks like.
func SameSecret(typed, secret string) bool {
	a, b := plainSecret(typed), plainSecret(secret)
	return b != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

func plainSecret(s string) string {
	return strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(strings.TrimSpace(s)))
}

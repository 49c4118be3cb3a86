package codebook

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
)

// The embedded files are YAML, for people; reading them would be most of the program's start. Beside
// them lies what they say in a form that is read twenty times as fast, with the fingerprint of the
// files it was made of. Where the files were changed since, they are read themselves: what this
// holds is never trusted when it is old, and a test says how to renew it.

//go:embed compiled.json
var compiledData []byte

type compiled struct {
	Source   string // fingerprint of the files under data
	Codebook *Codebook
}

// compile writes what compiled.json should be.
func compile(cb *Codebook) ([]byte, error) {
	return json.Marshal(compiled{Source: fingerprint(), Codebook: cb})
}

// readCompiled returns the codebook that was compiled from the embedded files; nil where they have
// changed since, or where it cannot be read.
func readCompiled(data []byte) *Codebook {
	var c compiled
	if json.Unmarshal(data, &c) != nil || c.Source != fingerprint() || c.Codebook == nil {
		return nil
	}
	c.Codebook.index = newIndex(c.Codebook)
	return c.Codebook
}

// fingerprint is the SHA-256 of names and contents of the embedded files, in hexadecimal.
func fingerprint() string {
	sum := sha256.New()
	for _, folder := range []string{"data", "data/rules"} {
		entries, _ := embedded.ReadDir(folder) // embedded: it cannot fail
		for _, e := range entries {
			path := folder + "/" + e.Name()
			data, _ := embedded.ReadFile(path) // a folder has no content, only a name
			for _, part := range [][]byte{[]byte(path), data} {
				one := sha256.Sum256(part) // of fixed length, so that nothing can pass from one part to the next
				sum.Write(one[:])
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

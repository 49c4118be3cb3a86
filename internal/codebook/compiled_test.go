package codebook

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "renew compiled.json from the files under data")

// What the program starts with says exactly what the files say.
func TestTheCompiledCodebookIsTheFiles(t *testing.T) {
	cb, err := assemble()
	if err != nil {
		t.Fatal(err)
	}
	want, err := compile(cb)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("compiled.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		compiledData = want
	}
	got := readCompiled(compiledData)
	if got == nil {
		t.Fatal("compiled.json is older than the files under data: go test ./internal/codebook -run Compiled -update")
	}
	cb.index, got.index = nil, nil
	if !reflect.DeepEqual(got, cb) {
		t.Error("compiled.json has another codebook than the files under data: go test ./internal/codebook -run Compiled -update")
	}
}

func TestAnOldCompiledCodebookIsNotTrusted(t *testing.T) {
	for why, data := range map[string][]byte{
		"made of other files": bytes.Replace(compiledData, []byte(fingerprint()), bytes.Repeat([]byte("0"), 64), 1),
		"cut off":             compiledData[:len(compiledData)/2],
		"empty":               nil,
		"without a codebook":  []byte(`{"Source":"` + fingerprint() + `"}`),
	} {
		if readCompiled(data) != nil {
			t.Errorf("%s: taken", why)
		}
	}
}

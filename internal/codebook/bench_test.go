package codebook

import "testing"

func BenchmarkAssemble(b *testing.B) {
	for b.Loop() {
		if _, err := assemble(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseSmall(b *testing.B) {
	small := []byte("id: small\nversion: \"1\"\n")
	for b.Loop() {
		if _, err := Parse(small); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadCompiled(b *testing.B) {
	for b.Loop() {
		if readCompiled(compiledData) == nil {
			b.Fatal("compiled.json is old")
		}
	}
}

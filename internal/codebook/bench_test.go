package codebook

import "testing"

func BenchmarkAssemble(b *testing.B) {
	for b.Loop() {
		if _, err := assemble(); err != nil {
			b.Fatal(err)
		}
	}
}

package codebook

import "testing"

func TestDefaultLoads(t *testing.T) {
	cb := Default()
	if got := len(cb.Active()); got != 7 {
		t.Fatalf("%d active competencies, want the seven of the source", got)
	}
}

package estimate

import (
	"errors"
	"testing"
)

// wantFault demands an InputError with a code and the row it names.
func wantFault(t *testing.T, err error, f Fault, row int) {
	t.Helper()
	var in *InputError
	if !errors.As(err, &in) {
		t.Errorf("error %v, want fault %s", err, f)
		return
	}
	if in.Fault != f || in.Row != row {
		t.Errorf("fault %s at row %d, want %s at %d (%v)", in.Fault, in.Row, f, row, err)
	}
}

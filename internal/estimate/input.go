package estimate

import "fmt"

// Fault says what is wrong with an input column. Faults are stable codes; the
// caller turns them into a sentence for its reader.
type Fault string

// The faults of a sample description or of calibration margins.
const (
	FaultLength      Fault = "length"      // columns of different length, or none at all
	FaultWeight      Fault = "weight"      // weight missing, zero, negative or infinite
	FaultFPC         Fault = "fpc"         // population size missing, zero or negative
	FaultFPCSmall    Fault = "fpc-small"   // population size below the number sampled
	FaultFPCVaries   Fault = "fpc-varies"  // population size differs within its stratum
	FaultNesting     Fault = "nesting"     // one PSU in two strata
	FaultLonely      Fault = "lonely"      // a stratum with one PSU under LonelyFail
	FaultStages      Fault = "stages"      // second-stage columns without SSU
	FaultLevel       Fault = "level"       // confidence level outside (0, 1)
	FaultCell        Fault = "cell"        // calibration cell outside its totals, or missing
	FaultMargin      Fault = "margin"      // calibration total missing, zero, negative, or without sample
	FaultMargins     Fault = "margins"     // margins that contradict one another
	FaultConvergence Fault = "convergence" // raking did not settle
	FaultCalibrated  Fault = "calibrated"  // calibrated twice
	FaultReplicates  Fault = "replicates"  // too few replicates, or a design the method cannot take
)

// InputError is the answer to input that cannot be estimated from. Row is the
// 0-based row at fault, -1 if no single row is.
type InputError struct {
	Fault Fault
	Field string  // the Sample field or argument at fault
	Row   int     // 0-based; -1: not a matter of one row
	Got   float64 // the offending value, if a number
	Want  float64 // the bound it breaks, if there is one
}

// Error describes the fault in English with a 1-based row.
func (e *InputError) Error() string {
	s := "estimate: " + string(e.Fault) + " in " + e.Field
	if e.Row >= 0 {
		s += fmt.Sprintf(", row %d", e.Row+1)
	}
	switch e.Fault {
	case FaultFPCSmall:
		return s + fmt.Sprintf(": population size %g is smaller than the %g sampled", e.Got, e.Want)
	case FaultFPCVaries, FaultMargins:
		return s + fmt.Sprintf(": %g, elsewhere %g", e.Got, e.Want)
	case FaultLonely:
		return s + ": the stratum has a single sampling unit"
	case FaultNesting:
		return s + ": the unit appears in two strata"
	}
	return s + fmt.Sprintf(": got %g", e.Got)
}

func fault(f Fault, field string, row int, got, want float64) *InputError {
	return &InputError{Fault: f, Field: field, Row: row, Got: got, Want: want}
}

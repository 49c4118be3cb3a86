package gap

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// BenchmarkAnalyze is a whole analysis with three years of the invented college and 1,000
// replicates, on one core.
func BenchmarkAnalyze(b *testing.B) {
	cb := codebook.Default()
	for _, size := range []struct {
		name   string
		visits int
	}{{"48-visits", 48}, {"2000-visits", 2000}} {
		in := world(cb, size.visits)
		in.Cores = 1
		b.Run(size.name, func(b *testing.B) {
			for b.Loop() {
				analyse(b, cb, in)
			}
		})
	}
}

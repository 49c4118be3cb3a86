package workbook

import (
	"os"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/trial"
)

func TestMain(m *testing.M) {
	trial.Roomy()
	os.Exit(m.Run())
}

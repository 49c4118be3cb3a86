package campaign

import (
	"os"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/chromium"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

func TestMain(m *testing.M) {
	trial.Roomy()
	os.Exit(chromium.Run(m))
}

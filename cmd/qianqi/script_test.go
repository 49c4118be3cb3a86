package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary stand in for qianqi, so that scripts run the real command.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"qianqi": func() { os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// TestScripts runs the commands as a user types them; each script says what it shows.
func TestScripts(t *testing.T) {
	surveys, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "../../testdata/script",
		UpdateScripts: os.Getenv("QIANQI_UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", surveys+"/../..")
			return nil
		},
	})
}

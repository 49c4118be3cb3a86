package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// standIns are the commands that the test binary is when it is called by their names: qianqi, so
// that scripts run the real command.
var standIns = map[string]func(){
	"qianqi": func() { os.Exit(execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
}

func TestMain(m *testing.M) { testscript.Main(cleaning{m}, standIns) }

// cleaning are the tests, and then the program that they built is removed.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	code := c.M.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	return code
}

// built is the folder of the program, "" before it was built.
var built string

// program is the program as it is shipped, without the race detector.
var program = sync.OnceValues(func() (path string, err error) {
	if built, err = os.MkdirTemp("", "qianqi-test"); err != nil {
		return "", err
	}
	path = filepath.Join(built, "qianqi")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-w", "-o", path, ".") // compiled as make build does, linked without what debuggers read
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return path, err
})

// watched are the scripts that run this test binary, with the race detector where the tests have it. It
// takes five times as long, and what runs side by side is watched in the tests of campaign and web too;
// so all other scripts run the program as it is shipped.
var watched = []string{"round"}

// asShipped lets a script find the program that is shipped before this test binary, and the charts that
// others have drawn, as $STILLS too.
func asShipped(env *testscript.Env) error {
	path, err := program()
	if err != nil {
		return err
	}
	if !slices.Contains(watched, strings.TrimPrefix(filepath.Base(env.WorkDir), "script-")) {
		env.Setenv("PATH", filepath.Dir(path)+string(filepath.ListSeparator)+env.Getenv("PATH"))
	}
	env.Setenv("STILLS", stillsOfAll())
	env.Setenv("GORACE", atOnce)
	return shareStills(env.WorkDir)
}

// atOnce lets a program that is watched end when it has ended, not a second later, and spares it page faults: see
// the Makefile.
const atOnce = "atexit_sleep_ms=0 clear_shadow_mmap_threshold=16777216"

// stillsOfAll is a folder of drawn charts beside the program: the same answers give the same charts, and
// drawing them takes most of the time of a first run.
func stillsOfAll() string { return filepath.Join(built, "stills") }

// shareStills gives a place the charts that others have drawn, and others those that it draws.
func shareStills(dir string) error {
	if _, err := program(); err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(stillsOfAll(), 0o700), os.Symlink(stillsOfAll(), filepath.Join(dir, "qianqi.stills")))
}

// TestScripts runs the commands as a user types them; each script says what it shows.
func TestScripts(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:           "../../testdata/script",
		UpdateScripts: os.Getenv("QIANQI_UPDATE") != "",
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "setcell": setcell, "samerules": samerules, "resave": resave, "comment": comment},
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", filepath.Join(here, "..", ".."))
			return asShipped(env)
		},
	})
}

// exits runs a command that must end with the given exit code: exits CODE COMMAND ARG…
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit interface{ ExitCode() int }
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

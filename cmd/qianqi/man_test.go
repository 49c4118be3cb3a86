package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every command has its page, which names each of its options and runs no request of its text's own.
func TestManual(t *testing.T) {
	dir := t.TempDir()
	if code := execute([]string{"man", "-o", dir}, strings.NewReader(""), os.Stdout, os.Stderr); code != exitOK {
		t.Fatal(code)
	}
	pages := 0
	var look func(*cobra.Command)
	look = func(cmd *cobra.Command) {
		data, err := os.ReadFile(filepath.Join(dir, manualName(cmd)+".1"))
		if err != nil {
			t.Error(err)
		}
		page := string(data)
		pages++
		cmd.NonInheritedFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(page, roff("--"+f.Name)) {
				t.Errorf("%s does not name --%s", manualName(cmd), f.Name)
			}
		})
		for line := range strings.Lines(page) {
			if request, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(request, ".") && !strings.Contains(" .TH .SH .nf .fi ", " "+request+" ") {
				t.Errorf("%s: text became a request: %q", manualName(cmd), line)
			}
		}
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				look(sub)
			}
		}
	}
	look(newRootCmd())
	if pages < 40 {
		t.Errorf("only %d pages", pages)
	}
	if got := roff(".so /etc/passwd\n'x\na\\b-c"); got != "\\&.so /etc/passwd\n\\&'x\na\\eb\\-c" {
		t.Errorf("escaped: %q", got)
	}
}

// A shell learns the commands from the program.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		var out, errOut strings.Builder
		if code := execute([]string{"completion", shell}, strings.NewReader(""), &out, &errOut); code != exitOK || !strings.Contains(out.String(), "qianqi") {
			t.Errorf("%s: exit %d %s", shell, code, errOut.String())
		}
	}
	var out, errOut strings.Builder
	if code := execute([]string{"__complete", "ver"}, strings.NewReader(""), &out, &errOut); code != exitOK || !strings.Contains(out.String(), "verify") || !strings.Contains(out.String(), "version") {
		t.Errorf("what begins with ver: exit %d %s%s", code, out.String(), errOut.String())
	}
}

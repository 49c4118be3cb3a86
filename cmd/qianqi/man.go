package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newManCmd writes the manual from the commands' own help, so that the two cannot differ. cobra/doc does
// not do for it: that reads the help as Markdown, which runs the lines of our tables together.
func newManCmd() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "man",
		Short:   "生成手册页 write the manual pages",
		Long:    "把每条命令的帮助写成手册页（qianqi.1、qianqi-run.1 …）。\nWrites the help of every command as a manual page (qianqi.1, qianqi-run.1 …).",
		Args:    noArguments,
		Example: "  qianqi man -o man\n  man -l man/qianqi-run.1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			return writeManual(cmd.Root(), dir)
		},
	}
	cmd.Flags().StringVarP(&dir, "out", "o", "man", "手册页的文件夹 folder for the pages")
	return cmd
}

// writeManual writes the page of a command and of every one below it that help shows.
func writeManual(cmd *cobra.Command, dir string) error {
	if err := os.WriteFile(filepath.Join(dir, manualName(cmd)+".1"), []byte(manualPage(cmd)), 0o644); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := writeManual(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

func manualName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manualPage is the page of one command in man(7). It bears no date, so that the same program writes
// the same bytes.
func manualPage(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %q 1 \"\" \"qianqi\" \"qianqi\"\n.SH NAME\n%s \\- %s\n", strings.ToUpper(manualName(cmd)), roff(manualName(cmd)), roff(cmd.Short))
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, ".SH %s\n.nf\n%s\n.fi\n", title, roff(text))
		}
	}
	section("SYNOPSIS", cmd.UseLine())
	section("DESCRIPTION", cmd.Long)
	manualFlags(&b, "OPTIONS", cmd.NonInheritedFlags())
	manualFlags(&b, "GLOBAL OPTIONS", cmd.InheritedFlags())
	section("EXAMPLES", cmd.Example)
	var also []string
	if cmd.HasParent() {
		also = append(also, manualName(cmd.Parent())+"(1)")
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			also = append(also, manualName(sub)+"(1)")
		}
	}
	section("SEE ALSO", strings.Join(also, "\n"))
	return b.String()
}

func manualFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(b, ".SH %s\n.nf\n%s\n.fi\n", title, roff(strings.TrimRight(flags.FlagUsages(), "\n")))
	}
}

// roff escapes a text, so that none of its lines is a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

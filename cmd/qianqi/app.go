package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// app holds what every command shares: where the database is and which codebook rules.
type app struct {
	db       string
	codebook string
	now      func() time.Time
	log      *slog.Logger // nil for silence
}

// bind declares the flags that every command understands.
func (a *app) bind(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&a.db, "db", envOr("QIANQI_DB", "qianqi.db"), "数据库文件 database file (env QIANQI_DB)")
	flags.StringVar(&a.codebook, "codebook", os.Getenv("QIANQI_CODEBOOK"), "替换内置编码簿 codebook FILE to use instead of the built-in one (env QIANQI_CODEBOOK)")
}

func envOr(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}

// loadCodebook reads --codebook, or the built-in one.
func (a *app) loadCodebook() (*codebook.Codebook, error) {
	if a.codebook == "" {
		return codebook.Default(), nil
	}
	data, err := os.ReadFile(a.codebook)
	if err != nil {
		return nil, usageError("读不到编码簿文件 "+a.codebook, "cannot read the codebook: "+err.Error())
	}
	cb, err := codebook.Parse(data)
	if err != nil {
		return nil, &ExitError{exitUsage, fmt.Errorf("编码簿 codebook %s:\n%w", a.codebook, err)}
	}
	return cb, nil
}

// withCampaign opens the database, hands a campaign to do, and closes the database. A command that only
// looks opens it read-only, and one that changes what is there with MustExist: at a mistyped path both must fail,
// not make an empty database and call that sound. Only what brings something in makes a database.
func (a *app) withCampaign(cmd *cobra.Command, opts store.Options, do func(context.Context, *campaign.Campaign) error) (err error) {
	cb, err := a.loadCodebook()
	if err != nil {
		return err
	}
	opts.Now = a.now
	st, err := store.Open(cmd.Context(), a.db, opts)
	if err != nil {
		return asUsage(err)
	}
	defer func() {
		if closeErr := st.Close(); err == nil {
			err = closeErr
		}
	}()
	return do(cmd.Context(), &campaign.Campaign{Codebook: cb, Store: st, Now: a.now, Program: programID(), Log: a.log})
}

// worthMaking refuses, where no database stands yet, to make one for files of which a path that the user named
// is not there or may not be read: it would hold nothing. "" is no path.
func (a *app) worthMaking(paths ...string) error {
	if _, err := os.Stat(a.db); !errors.Is(err, fs.ErrNotExist) {
		return nil // what stands there records the attempt, and who is told of failures is told
	}
	return asUsage(campaign.CheckPaths(slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "" })))
}

// logJSON turns events into lines of JSON on standard error.
func (a *app) logJSON(cmd *cobra.Command) {
	a.log = slog.New(slog.NewJSONHandler(cmd.ErrOrStderr(), nil))
}

// printJSON writes v as the one JSON document of a --json command.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// writeOut writes a file the user named with -o; "-" is standard output.
func writeOut(cmd *cobra.Command, path string, data []byte) error {
	if path == "-" {
		_, err := cmd.OutOrStdout().Write(data)
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("写不了文件 cannot write %s: %w", path, err)
	}
	return nil
}

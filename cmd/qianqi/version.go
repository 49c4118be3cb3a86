package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// buildInfo is what the binary knows of its own making.
type buildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersionCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "版本与构建信息 version and build",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info := readBuild()
			if asJSON {
				return printJSON(cmd.OutOrStdout(), info)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "qianqi %s %s %s %s\n", info.Version, info.Revision, info.Go, info.Platform)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func readBuild() buildInfo {
	info := buildInfo{Version: "devel", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return info
	}
	if build.Main.Version != "" {
		info.Version = build.Main.Version
	}
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			info.Revision = s.Value
		case "vcs.modified":
			info.Modified = s.Value == "true"
		}
	}
	return info
}

// programID names this very program: its version where it was built from a clean commit, else its
// version and what tells one build from another. Reports of different programs have different
// labels.
func programID() string {
	info := readBuild()
	if info.Revision != "" && !info.Modified {
		return info.Version + " " + info.Revision[:min(12, len(info.Revision))]
	}
	return info.Version + " " + buildMark()
}

// buildMark tells builds apart: the mark that the linker left near the start of the file, or else
// the file itself.
func buildMark() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	head, _ := io.ReadAll(io.LimitReader(f, 64<<10))
	h := sha256.New()
	if _, rest, ok := bytes.Cut(head, []byte("\xff Go build ID: \"")); ok && rest[0] != '"' {
		mark, _, _ := bytes.Cut(rest, []byte{'"'})
		h.Write(mark)
	} else {
		h.Write(head)
		_, _ = io.Copy(h, f)
	}
	return "build " + hex.EncodeToString(h.Sum(nil)[:6])
}

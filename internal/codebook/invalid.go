package codebook

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one thing wrong with a codebook.
type Problem struct {
	Line    int    // 1-based line of the file read; 0 where it has none
	Path    string // YAML path, e.g. "$.competencies[2].anchors"; "" for the whole file
	Message Text
}

// String returns "line 12, $.competencies[2].anchors: 应有五级 five anchors are needed".
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	b.WriteString(p.Message.Both())
	return b.String()
}

// Invalid is the error of a codebook file that cannot be used: all its problems at once.
type Invalid struct{ Problems []Problem }

// Error lists the problems, one a line.
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// invalidYAML turns an error of the YAML reader into an Invalid that names the line.
func invalidYAML(err error) error {
	problem := Problem{Message: Text{
		ZH: "不是有效的代码本文件", EN: "not a valid codebook file: " + err.Error(),
	}}
	var located yaml.Error
	if errors.As(err, &located) {
		problem.Message.EN = located.GetMessage()
		if tk := located.GetToken(); tk != nil && tk.Position != nil {
			problem.Line = tk.Position.Line
		}
	}
	return &Invalid{Problems: []Problem{problem}}
}

// locate fills the lines of problems from the text that was read. A path the text does not have
// (the fault is something missing, or inherited) gets the line of the nearest part above it.
func locate(problems []Problem, data []byte) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return
	}
	for i := range problems {
		for path := problems[i].Path; path != "" && path != "$"; path = parentPath(path) {
			p, err := yaml.PathString(path)
			if err != nil {
				continue
			}
			node, err := p.FilterFile(file)
			if err == nil && node != nil && node.GetToken() != nil {
				problems[i].Line = node.GetToken().Position.Line
				break
			}
		}
	}
}

// parentPath cuts the last step off "$.a.b[2]".
func parentPath(path string) string {
	return path[:max(strings.LastIndexByte(path, '.'), strings.LastIndexByte(path, '['), 0)]
}

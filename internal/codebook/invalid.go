package codebook

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is one thing wrong with a codebook.
type Problem struct {
	Line    int    // 1-based line of the file read; 0 where it has none
	Path    string // YAML path, e.g. "competencies[fault_diagnosis].anchors"; "" for the whole file
	Message Text
}

// String returns "line 12, competencies[fault_diagnosis].anchors: 水平描述应为 5 级 exactly 5 anchors are needed".
func (p Problem) String() string { return p.At() + p.Message.Both() }

// At returns "line 12, competencies[fault_diagnosis].anchors: ", or nothing for the whole file.
func (p Problem) At() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d, ", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
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
		ZH: "不是有效的编码簿文件", EN: "not a valid codebook file: " + err.Error(),
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
	if err != nil || len(file.Docs) == 0 {
		return
	}
	for i := range problems {
		problems[i].Line = lineOf(file.Docs[0].Body, steps(problems[i].Path))
	}
}

// steps cuts "a.b[c].d" into a, b, c, d.
func steps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// lineOf walks down as far as the text goes and returns the line it got to, 0 for the top.
func lineOf(node ast.Node, path []string) int {
	line := 0
	for _, step := range path {
		child, at := childOf(node, step)
		if child == nil {
			return line
		}
		node, line = child, at
	}
	return line
}

// childOf finds a key of a mapping, or a member of a sequence by place or by its code.
func childOf(node ast.Node, step string) (child ast.Node, line int) {
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if v.Key.String() == step {
				return v.Value, tokenLine(v.Key)
			}
		}
	case *ast.SequenceNode:
		for i, v := range n.Values {
			if strconv.Itoa(i) == step || codeOf(v) == step {
				return v, tokenLine(v)
			}
		}
	}
	return nil, 0
}

// codeOf returns what names a member of a list: its code, name, kind or key.
func codeOf(node ast.Node) string {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		return ""
	}
	for _, key := range []string{"code", "name", "kind", "key"} {
		for _, v := range m.Values {
			s, scalar := v.Value.(ast.ScalarNode)
			if v.Key.String() == key && scalar {
				return fmt.Sprint(s.GetValue())
			}
		}
	}
	return ""
}

func tokenLine(node ast.Node) int {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return tokenLine(m.Values[0].Key)
	}
	if tk := node.GetToken(); tk != nil && tk.Position != nil {
		return tk.Position.Line
	}
	return 0
}

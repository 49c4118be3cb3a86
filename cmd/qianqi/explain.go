package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

func newExplainCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "explain [CODE…]",
		Short:   "解释一条规则 explain a rule, e.g. V012; without a code, list them all",
		Example: "  qianqi explain V012\n  qianqi explain",
		RunE: func(cmd *cobra.Command, args []string) error {
			cb, err := a.loadCodebook()
			if err != nil {
				return err
			}
			rules, err := rulesNamed(cb, args)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			switch {
			case asJSON:
				return printJSON(out, map[string]any{"rules": rules})
			case len(args) == 0:
				return listRules(out, rules)
			}
			return explainRules(out, rules)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

// findingCode is how verify and doctor number what they find.
var findingCode = regexp.MustCompile(`^[SPHsph]\d{3}$`)

// rulesNamed picks the rules asked for, all of them when none is named.
func rulesNamed(cb *codebook.Codebook, codes []string) ([]codebook.Rule, error) {
	if len(codes) == 0 {
		return cb.Rules, nil
	}
	var rules []codebook.Rule
	for _, code := range codes {
		rule, ok := cb.Rule(codebook.RuleID(strings.ToUpper(code)))
		switch {
		case !ok && findingCode.MatchString(code):
			return nil, usageError(code+" 不是规则，是 qianqi verify 与 qianqi doctor 的发现：意思和改法都写在它那一行",
				code+" is no rule but a finding of qianqi verify and qianqi doctor: its meaning and its fix stand on its own line")
		case !ok:
			return nil, usageError("没有规则 "+code+"；用 qianqi explain 查看全部", "there is no rule "+code+"; qianqi explain lists them all")
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func listRules(w io.Writer, rules []codebook.Rule) error {
	for _, r := range rules {
		if _, err := fmt.Fprintf(w, "%s  %-7s  %s  %s\n", r.Code, r.Severity, r.Title.ZH, r.Title.EN); err != nil {
			return err
		}
	}
	return nil
}

func explainRules(w io.Writer, rules []codebook.Rule) error {
	for i, r := range rules {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s  %s  [%s]\n      %s\n", r.Code, r.Title.ZH, strings.TrimSpace(severityWords[r.Severity]), r.Title.EN)
		for _, part := range []struct {
			label string
			text  codebook.Text
		}{{"问题 what", r.Message}, {"怎样改 fix", r.Fix}, {"为什么 why", r.Why}} {
			fmt.Fprintf(w, "\n  %s\n    %s\n    %s\n", part.label, part.text.ZH, part.text.EN)
		}
		if before, after := r.Example(); before.ZH+after.ZH != "" {
			fmt.Fprintf(w, "\n  例 example\n    %s  →  %s\n", before.ZH, after.ZH)
			if before.EN != before.ZH || after.EN != after.ZH {
				fmt.Fprintf(w, "    %s  →  %s\n", before.EN, after.EN)
			}
		}
	}
	return nil
}

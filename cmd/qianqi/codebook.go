package main

import "github.com/spf13/cobra"

func newCodebookCmd(a *app) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "codebook",
		Short: "打印或检查编码簿 print the codebook in force, as a starting point for your own",
		Long: `打印现行编码簿（YAML）：能力及其水平描述、词表、专业、证书体系。
另存后修改，用 --codebook 文件 使用；打印本身就是一次检查。

Prints the codebook in force as YAML. Save it, change it, and use it with --codebook FILE; printing
one's own file checks it.`,
		Example: "  qianqi codebook > 我的编码簿.yaml\n  qianqi codebook --codebook 我的编码簿.yaml > /dev/null",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cb, err := a.loadCodebook()
			if err != nil {
				return err
			}
			data, err := cb.YAML()
			if err != nil {
				return err
			}
			return writeOut(cmd, out, data)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "-", "写到此文件 file to write; - is standard output")
	return cmd
}

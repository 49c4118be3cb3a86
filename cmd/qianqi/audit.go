package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newAuditCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "操作日志 the log of who changed, saw and exported what",
		Long: `操作日志：每条记录带着前一条的散列，只能追加。verify 重算整条链，与数据库旁的链头比对；
把 verify 印出的链头抄存在别处，以后用 --head 比对，就能发现日志尾部被截断或整库被换。

Every record carries the hash of the one before; records are only added. verify computes the chain
anew and compares it with the head kept beside the database. Keep the head it prints somewhere
else: --head then finds out when the end was cut off or the whole file exchanged.`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAuditVerifyCmd(a), newAuditLogCmd(a))
	return cmd
}

// auditVerdict is what verify found, as a program reads it.
type auditVerdict struct {
	Sound  bool         `json:"sound"`
	Broken store.Moment `json:"broken,omitempty"` // the first record that is wrong
	Head   store.Head   `json:"head"`
}

func newAuditVerifyCmd(a *app) *cobra.Command {
	var asJSON bool
	var heads []string
	cmd := &cobra.Command{
		Use: "verify", Short: "核对日志链 prove that no record was changed, removed or cut off", Args: noArguments,
		Example: "  qianqi audit verify\n  qianqi audit verify --head 1207:5f0c…",
		RunE: func(cmd *cobra.Command, _ []string) error {
			known, err := parseHeads(heads)
			if err != nil {
				return err
			}
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				return runAuditVerify(ctx, cmd, c, known, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	cmd.Flags().StringSliceVar(&heads, "head", nil, "另存的链头 SEQ:HASH a head kept elsewhere")
	return cmd
}

// parseHeads reads heads as verify prints them. Records are counted from 1 and a hash is 64 hexadecimal
// digits; anything else could be held against no record and would be a witness of nothing.
func parseHeads(texts []string) ([]store.Head, error) {
	var heads []store.Head
	for _, t := range texts {
		seq, hash, ok := strings.Cut(t, ":")
		n, err := strconv.ParseInt(seq, 10, 64)
		if _, notHex := hex.DecodeString(hash); !ok || err != nil || n < 1 || len(hash) != 64 || notHex != nil {
			return nil, usageError("链头要写成 序号:散列（序号从 1 起，散列 64 位十六进制），得到 "+t, "a head is SEQ:HASH, a number from 1 on and 64 hexadecimal digits, not "+t)
		}
		heads = append(heads, store.Head{Seq: store.Moment(n), Hash: strings.ToLower(hash)})
	}
	return heads, nil
}

func runAuditVerify(ctx context.Context, cmd *cobra.Command, c *campaign.Campaign, known []store.Head, asJSON bool) error {
	broken, err := c.Store.VerifyAudit(ctx, known...)
	if err != nil {
		return err
	}
	verdict := auditVerdict{Sound: broken == 0, Broken: broken}
	if verdict.Head, err = c.Store.AuditHead(ctx); err != nil {
		return err
	}
	w := cmd.OutOrStdout()
	switch {
	case asJSON:
		err = printJSON(w, verdict)
	case verdict.Sound:
		_, err = fmt.Fprintf(w, "日志完好，共 %d 条 the log is sound\n链头 head: %d:%s\n", verdict.Head.Seq, verdict.Head.Seq, verdict.Head.Hash)
	default:
		_, err = fmt.Fprintf(w, "日志从第 %d 条起不对 the log is wrong from record %d on\n", broken, broken)
	}
	if err == nil && !verdict.Sound {
		err = &ExitError{exitFailed, errSilent}
	}
	return err
}

func newAuditLogCmd(a *app) *cobra.Command {
	var after int64
	cmd := &cobra.Command{
		Use: "log", Short: "逐行印出日志（JSON） print the log, one JSON object a line", Args: noArguments, Example: "  qianqi audit log --after 1200",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				return c.Store.AuditLog(ctx, store.Moment(after), func(e store.AuditEntry) error { return printLine(cmd.OutOrStdout(), auditLine(e)) })
			})
		},
	}
	cmd.Flags().Int64Var(&after, "after", 0, "从此序号之后 records after this one")
	return cmd
}

// auditLine is one record as a program reads it.
func auditLine(e store.AuditEntry) any {
	var detail json.RawMessage
	if json.Valid([]byte(e.Detail)) {
		detail = json.RawMessage(e.Detail)
	}
	return struct {
		Seq    store.Moment    `json:"seq"`
		At     time.Time       `json:"at"`
		Actor  string          `json:"actor"`
		Action string          `json:"action"`
		Object string          `json:"object"`
		Detail json.RawMessage `json:"detail,omitempty"`
		Hash   string          `json:"hash"`
	}{e.Seq, e.At, e.Actor, e.Action, e.Object, detail, e.Hash}
}

// printLine writes v as one line of JSON.
func printLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

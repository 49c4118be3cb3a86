package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

func newUserCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "网页账号 accounts of the web pages: add, list, disable, passwd, export, erase",
		Long: `网页账号：教师 faculty、部门秘书 secretary、调研办 office、委员会 committee、企业评审人 reviewer、管理员 admin。
一个人可以有几种角色。教师的登录名就是工号。密码只存 argon2id 散列。

Accounts of the web pages and their roles; a person may have several. A teacher's login is the
staff number. Of a password only its argon2id hash is kept.`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newUserAddCmd(a), newUserListCmd(a), newUserDisableCmd(a, true), newUserDisableCmd(a, false), newUserPasswdCmd(a), newUserExportCmd(a), newUserEraseCmd(a))
	return cmd
}

type userAddOptions struct {
	app        *app
	name       string
	department string
	roles      []string
	programmes []string
	stdin      bool
	noPassword bool
	roster     bool
}

func newUserAddCmd(a *app) *cobra.Command {
	o := userAddOptions{app: a}
	cmd := &cobra.Command{
		Use:   "add LOGIN",
		Short: "添加账号 add an account; prints a first password to be changed at sign-in",
		Long: `添加账号。不给密码时自动生成一个并印出，本人首次登录须更改。
--roster 为名册上还没有账号的每位教师各添加一个，并印出 CSV：工号、姓名、部门、密码。

Adds an account. Without a password one is made up and printed; it must be changed at the first
sign-in. --roster adds one for everybody on the roster who has none, and prints them as CSV.`,
		Example: "  qianqi user add 001013 --name 张三示例 --department 通信系\n  qianqi user add admin --role admin,office\n  qianqi user add --roster > 初始密码.csv",
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.roster {
				return runUserRoster(cmd, o, args)
			}
			return runUserAdd(cmd, o, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.name, "name", "", "姓名 name")
	flags.StringVar(&o.department, "department", "", "部门 department; a secretary sees this one only")
	flags.StringSliceVar(&o.roles, "role", []string{"faculty"}, "角色 roles: "+campaign.RoleNames())
	flags.StringSliceVar(&o.programmes, "programme", nil, "专业代码 programmes that a reviewer or committee member is concerned with (default all)")
	flags.BoolVar(&o.stdin, "password-stdin", false, "从标准输入读密码 read the password from standard input")
	flags.BoolVar(&o.noPassword, "no-password", false, "只用单点登录 sign-in by provider only")
	flags.BoolVar(&o.roster, "roster", false, "名册上的每位教师 everybody on the newest roster")
	return cmd
}

func runUserAdd(cmd *cobra.Command, o userAddOptions, args []string) error {
	if err := oneArgument("LOGIN", "工号或登录名 staff number or login")(cmd, args); err != nil {
		return err
	}
	account := campaign.NewAccount{Login: args[0], Name: o.name, Department: o.department}
	for _, r := range o.roles {
		account.Roles = append(account.Roles, campaign.Role(r))
	}
	var err error
	if account.Password, account.FirstPassword, err = o.password(cmd.InOrStdin()); err != nil {
		return err
	}
	return o.app.withCampaign(cmd, store.Options{}, func(ctx context.Context, c *campaign.Campaign) error {
		for _, p := range o.programmes {
			if _, ok := c.Codebook.Programme(codebook.ProgrammeID(p)); !ok {
				return usageError("没有专业 "+p, "there is no programme "+p)
			}
			account.Programmes = append(account.Programmes, codebook.ProgrammeID(p))
		}
		if _, err := c.AddAccount(ctx, account, commandAct()); err != nil {
			return asRequest(err)
		}
		fmt.Fprintf(cmd.OutOrStdout(), "已添加 added %s（%s）\n", account.Login, strings.Join(o.roles, ", "))
		if account.FirstPassword != "" {
			fmt.Fprintf(cmd.OutOrStdout(), "初始密码 first password: %s\n", account.FirstPassword)
		}
		return nil
	})
}

// password is the one from standard input, or a first one, made up, that must be changed.
func (o *userAddOptions) password(in io.Reader) (password, first string, err error) {
	switch {
	case o.noPassword:
		return "", "", nil
	case o.stdin:
		password, err = firstLine(in)
		return password, "", err
	}
	return "", campaign.Secret(10), nil
}

func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", usageError("标准输入里没有密码", "there is no password on standard input")
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return line, err
}

// commandAct is who acts on the command line: the log names the machine's operator, not a person.
func commandAct() store.Act { return store.Act{By: "cli"} }

// asRequest gives errors about what was asked for the usage exit code.
func asRequest(err error) error {
	if errors.Is(err, campaign.ErrInvalid) || errors.Is(err, campaign.ErrConflict) || errors.Is(err, campaign.ErrNotFound) {
		return &ExitError{exitUsage, err}
	}
	return err
}

func runUserRoster(cmd *cobra.Command, o userAddOptions, args []string) error {
	if err := noArguments(cmd, args); err != nil {
		return err
	}
	for _, name := range []string{"name", "department", "role", "programme", "password-stdin"} {
		if cmd.Flags().Changed(name) {
			return usageError("--roster 的账号都照名册，不能加 --"+name, "accounts of --roster are those of the roster; --"+name+" cannot go with it")
		}
	}
	return o.app.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
		added, err := c.AddRosterAccounts(ctx, !o.noPassword, commandAct())
		w := csv.NewWriter(cmd.OutOrStdout())
		writeErr := w.Write([]string{"login", "name", "department", "password"})
		for _, n := range added {
			writeErr = errors.Join(writeErr, w.Write([]string{n.Login, n.Name, n.Department, n.FirstPassword}))
		}
		w.Flush()
		return errors.Join(err, writeErr, w.Error())
	})
}

// userRow is one account as a program reads it.
type userRow struct {
	Login      string     `json:"login"`
	Name       string     `json:"name"`
	Department string     `json:"department"`
	Roles      []string   `json:"roles"`
	Programmes []string   `json:"programmes,omitempty"`
	Disabled   bool       `json:"disabled"`
	Password   bool       `json:"password"` // has one here
	SignedIn   *time.Time `json:"signed_in_at"`
}

func newUserListCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "列出账号 list accounts", Args: noArguments, Example: "  qianqi user list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withCampaign(cmd, store.Options{ReadOnly: true}, func(ctx context.Context, c *campaign.Campaign) error {
				accounts, err := c.Store.Accounts(ctx)
				if err != nil {
					return err
				}
				return printUsers(cmd.OutOrStdout(), accounts, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "输出 JSON print JSON")
	return cmd
}

func printUsers(w io.Writer, accounts []campaign.Account, asJSON bool) error {
	rows := make([]userRow, len(accounts))
	for i, a := range accounts {
		rows[i] = userRow{Login: a.Login, Name: a.Name, Department: a.Department, Roles: a.Roles, Disabled: !a.Disabled.IsZero(), Password: a.Password != ""}
		for _, p := range a.Programmes {
			rows[i].Programmes = append(rows[i].Programmes, string(p))
		}
		if !a.SignedIn.IsZero() {
			rows[i].SignedIn = &a.SignedIn
		}
	}
	if asJSON {
		return printJSON(w, map[string]any{"users": rows})
	}
	for _, r := range rows {
		state := ""
		if r.Disabled {
			state = "  停用 disabled"
		}
		fmt.Fprintf(w, "%s  %s  %s  %s%s\n", pad(r.Login, 12, false), pad(r.Name, 12, false), pad(r.Department, 16, false), strings.Join(r.Roles, ","), state)
	}
	_, err := fmt.Fprintf(w, "共 %d 个账号 %s\n", len(rows), codebook.Noun(len(rows), "account"))
	return err
}

func newUserDisableCmd(a *app, disable bool) *cobra.Command {
	use, short, done := "enable LOGIN", "重新启用账号 let an account sign in again", "已启用 enabled"
	if disable {
		use, short, done = "disable LOGIN", "停用账号并结束其会话 keep an account from signing in; its sessions end at once", "已停用 disabled"
	}
	verb, _, _ := strings.Cut(use, " ")
	return &cobra.Command{
		Use: use, Short: short, Args: oneArgument("LOGIN", "登录名 login"), Example: "  qianqi user " + verb + " 001013",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withAccount(cmd, args[0], func(ctx context.Context, c *campaign.Campaign, account campaign.Account) error {
				if err := c.DisableAccount(ctx, account.ID, disable, commandAct()); err != nil {
					return asRequest(err)
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", done, account.Login)
				return err
			})
		},
	}
}

func newUserPasswdCmd(a *app) *cobra.Command {
	o := userAddOptions{app: a}
	cmd := &cobra.Command{
		Use: "passwd LOGIN", Short: "重设密码 set a new password; sessions end at once", Args: oneArgument("LOGIN", "登录名 login"),
		Example: "  qianqi user passwd 001013\n  qianqi user passwd admin --password-stdin < 密码.txt",
		RunE: func(cmd *cobra.Command, args []string) error {
			password, first, err := o.password(cmd.InOrStdin())
			if err != nil {
				return err
			}
			return a.withAccount(cmd, args[0], func(ctx context.Context, c *campaign.Campaign, account campaign.Account) error {
				if first != "" {
					if err := c.SetFirstPassword(ctx, account.ID, first, commandAct()); err != nil {
						return asRequest(err)
					}
					_, err := fmt.Fprintf(cmd.OutOrStdout(), "新密码 new password: %s\n", first)
					return err
				}
				if err := c.SetPassword(ctx, account.ID, password, false, commandAct()); err != nil {
					return asRequest(err)
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "已更改 changed %s\n", account.Login)
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&o.stdin, "password-stdin", false, "从标准输入读密码 read the password from standard input")
	return cmd
}

// withAccount opens the database and finds an account in it.
func (a *app) withAccount(cmd *cobra.Command, login string, do func(context.Context, *campaign.Campaign, campaign.Account) error) error {
	return a.withCampaign(cmd, store.Options{MustExist: true}, func(ctx context.Context, c *campaign.Campaign) error {
		account, err := c.AccountOf(ctx, login)
		if errors.Is(err, campaign.ErrNotFound) {
			return usageError("没有账号 "+campaign.Printable(login), "there is no account "+campaign.Printable(login))
		}
		if err != nil {
			return err
		}
		return do(ctx, c, account)
	})
}

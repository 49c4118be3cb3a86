package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/web"
)

type serveOptions struct {
	app      *app
	address  string
	public   string
	cert     string
	key      string
	proxies  []string
	insecure bool
	open     bool
	noLocal  bool
	year     int
	keepDays int
	setup    campaign.Setup
	oidc     web.OIDC
	cas      web.CAS
}

func newServeCmd(a *app) *cobra.Command {
	o := &serveOptions{app: a}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "在网页上完成全部工作 everything in the browser: hand in, follow, read, decide",
		Long: `启动网页服务并印出网址。第一次运行会印出一次性口令，用它在网页上建立管理员账号。
教师交表并看到每一处错误；调研办看进度、审核；委员会看报告、作决定；管理员管账号和日志。
网页上的报告是最近一次 qianqi run 或 qianqi report 公布的；某一年还没有运行过时，只有调研办看得到草稿（随每次交表变动），
运行一次后委员会才看得到。
可与命令行同时使用同一个数据库。Ctrl-C 停止：正在进行的提交会做完。

不带证书只监听本机（127.0.0.1）。要给全校用，二选一：
  --cert 与 --key             由 qianqi 自己提供 TLS
  --behind 10.0.0.0/8         放在反向代理后面，只信任这些地址转发的 X-Forwarded-For 与 X-Forwarded-Proto

Serves the web pages and prints their address. The first run prints a one-time token with which an
administrator is made in the browser. Works beside the command line on the same database. The
reports on the pages are as the last qianqi run or report had them; before the first run on a
year only the survey office sees a draft of it, which follows every upload. Run once, then the committee
reads. Ctrl-C stops; hand-ins under way are finished.
Without a certificate it listens on this machine only; for a whole college give --cert and --key, or
put it behind a proxy and name the proxy with --behind.

单点登录：--oidc（客户端密钥放在环境变量 QIANQI_OIDC_SECRET）或 --cas，都要 --public；回调地址是 <public>/oidc/callback
与 <public>/cas/callback。工号在名册上的教师首次登录即有账号（角色：教师）；名册上没有的人看到一页说明，没有任何权限。
用作工号的声明或属性必须由学校掌握，本人不能自改。有本机密码的管理员账号只能用密码登录。
Single sign-on: --oidc (client secret in QIANQI_OIDC_SECRET) or --cas, both with --public; the addresses to
register are <public>/oidc/callback and <public>/cas/callback. Faculty on the roster get an account at
their first sign-in; anybody else gets a page that says so, and no role. The claim or attribute that
holds the staff number must be the university's to set, not the person's. An administrator with a
password here is entered with the password alone.

退出：在这里退出只结束这里的登录。CAS 的单点退出会通知 <public>/cas/callback，那里退出的人在这里也随之退出；为此
重启 qianqi serve 会结束 CAS 的登录，再点一次即可进入。
监控：/metrics 是 Prometheus 的文本格式，只给本机和管理员看；/livez 只答 ok。
Monitoring: /metrics is in Prometheus's text form, for this machine and administrators only; /livez says ok.

添加、更改、停用账号，下载备份，设保存期限，导出、清除个人信息前会再问一次密码（或到提供方重新登录），10 分钟内确认过的不再问。
Signing out here ends the session here. Single logout of CAS is heard at <public>/cas/callback: whoever signs
out there is signed out here; for its sake a restart ends the sessions that CAS began, and one click opens a
new one. Before an account is added, changed or disabled, a backup is downloaded, the retention is set, or a
person's data are exported or erased, the password is asked for again (or a new sign-in at the provider),
unless that was within ten minutes.

` + exitTable,
		Example: "  qianqi serve\n" +
			"  qianqi serve --address :443 --cert qianqi.pem --key qianqi.key --public https://qianqi.example.edu.cn\n" +
			"  qianqi serve --address 10.0.0.5:8080 --behind 10.0.0.1/32 --public https://qianqi.example.edu.cn --cas https://cas.example.edu.cn/cas",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd, o) },
	}
	o.bind(cmd)
	return cmd
}

func (o *serveOptions) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.address, "address", "127.0.0.1:8080", "监听地址 address to listen on")
	flags.StringVar(&o.public, "public", "", "人们使用的网址 the address people use, e.g. https://qianqi.example.edu.cn")
	flags.StringVar(&o.cert, "cert", "", "TLS 证书文件 certificate file (PEM)")
	flags.StringVar(&o.key, "key", "", "TLS 私钥文件 key file (PEM)")
	flags.StringSliceVar(&o.proxies, "behind", nil, "信任其转发头的代理 proxies whose X-Forwarded-For and X-Forwarded-Proto are believed (address or prefix)")
	flags.BoolVar(&o.insecure, "insecure-http", false, "允许在其他地址上不加密（密码会在网络上明文传送） allow plain HTTP on other addresses; passwords then travel in clear")
	flags.BoolVar(&o.open, "open", runtime.GOOS == "windows", "打开浏览器 open the browser")
	flags.IntVar(&o.year, "year", 0, "调研年份 campaign under way (default this year)")
	flags.IntVar(&o.keepDays, "keep-days", 30, "退回与未确认的文件保留天数 days for which returned and unconfirmed files are kept")
	flags.StringVar(&o.setup.Reports, "out", "reports", "报告文件夹，供状态页检查 folder of reports, for the health page")
	flags.StringVar(&o.setup.Backups, "backups", "", "备份文件夹 folder of backups (default: beside the database)")
	flags.StringSliceVar(&o.setup.Inbox, "inbox", nil, "批处理读入的文件夹，供状态页检查 what a scheduled run reads, for the health page")
	flags.BoolVar(&o.noLocal, "no-passwords", false, "只用单点登录 sign-in by provider only")
	flags.StringVar(&o.oidc.Issuer, "oidc", "", "OpenID Connect 颁发者 issuer address")
	flags.StringVar(&o.oidc.Client, "oidc-client", "", "OpenID Connect 客户端 client id")
	flags.StringVar(&o.oidc.Claim, "oidc-claim", "preferred_username", "哪个声明是工号 claim that holds the staff number")
	flags.StringVar(&o.cas.Base, "cas", "", "CAS 3.0 服务地址 base address of the CAS server")
	flags.StringVar(&o.cas.Attribute, "cas-attribute", "", "哪个属性是工号 attribute that holds the staff number (default: the CAS user)")
}

func runServe(cmd *cobra.Command, o *serveOptions) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return o.app.withCampaign(cmd, store.Options{}, func(_ context.Context, c *campaign.Campaign) error {
		settings, err := o.settings(c, cmd.ErrOrStderr())
		if err != nil {
			return err
		}
		listener, address, err := o.listen(ctx)
		if err != nil {
			return err
		}
		server, err := web.New(ctx, settings)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		o.greet(cmd.OutOrStdout(), address, server.SetupToken())
		if o.open {
			_ = openBrowser(startPage(address, server.SetupToken())) // a machine without one has printed the address
		}
		err = server.Serve(ctx, listener)
		fmt.Fprintln(cmd.OutOrStdout(), "已停止 stopped")
		return err
	})
}

// settings turns the flags into what the server needs.
func (o *serveOptions) settings(c *campaign.Campaign, logTo io.Writer) (web.Options, error) {
	s := web.Options{Campaign: c, Year: o.year, Password: !o.noLocal, Keep: web.Keep{Pending: time.Duration(o.keepDays) * 24 * time.Hour},
		Pending: pendingBeside(c.Store.Path()), Version: readBuild().Version,
		Log: slog.New(slog.NewJSONHandler(logTo, nil)), Setup: o.setup}
	s.Setup.DB, s.Setup.Codebook, s.Setup.Program, s.Setup.Now = c.Store.Path(), c.Codebook, c.Program, c.Now
	if s.Setup.Backups == "" {
		s.Setup.Backups = campaign.BackupsBeside(c.Store.Path())
	}
	var err error
	if o.public != "" {
		if s.Public, err = url.Parse(o.public); err != nil || s.Public.Host == "" || s.Public.Scheme != "https" && s.Public.Scheme != "http" {
			return s, usageError("--public 不是网址："+o.public, "--public is no address: "+o.public)
		}
	}
	for _, p := range o.proxies {
		prefix, err := parsePrefix(p)
		if err != nil {
			return s, usageError("--behind 不是地址："+p, "--behind is no address: "+p)
		}
		s.Proxies = append(s.Proxies, prefix)
	}
	if o.oidc.Issuer != "" {
		o.oidc.Secret = os.Getenv("QIANQI_OIDC_SECRET")
		s.OIDC = &o.oidc
	}
	if o.cas.Base != "" {
		s.CAS = &o.cas
	}
	if err := o.checkProviders(); err != nil {
		return s, err
	}
	if (s.OIDC != nil || s.CAS != nil) && s.Public == nil {
		return s, usageError("单点登录需要 --public：提供方要知道回到哪里", "single sign-on needs --public: the provider must know where to come back to")
	}
	return s, nil
}

// checkProviders refuses a provider that is asked in clear: whoever stands between could name anybody.
func (o *serveOptions) checkProviders() error {
	for flag, address := range map[string]string{"--oidc": o.oidc.Issuer, "--cas": o.cas.Base} {
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return usageError(flag+" 不是网址："+address, flag+" is no address: "+address)
		}
		if ip, err := netip.ParseAddr(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (err != nil || !ip.IsLoopback()) {
			return usageError(flag+" 须为 https："+address, flag+" must be https: "+address)
		}
	}
	if o.oidc.Issuer != "" && o.oidc.Client == "" {
		return usageError("--oidc 需要 --oidc-client", "--oidc needs --oidc-client")
	}
	return nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return addr.Prefix(addr.BitLen())
	}
	return netip.ParsePrefix(s)
}

// listen opens the listener. Where passwords would travel in clear over a network it refuses,
// unless told that this is meant.
func (o *serveOptions) listen(ctx context.Context) (net.Listener, string, error) {
	if (o.cert == "") != (o.key == "") {
		return nil, "", usageError("--cert 与 --key 要一起给", "--cert and --key go together")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.address)
	if err != nil {
		return nil, "", fmt.Errorf("监听不了 cannot listen on %s: %w", o.address, err)
	}
	scheme := "http"
	switch {
	case o.cert != "":
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, "", errors.Join(fmt.Errorf("证书不能用 the certificate cannot be used: %w", err), listener.Close())
		}
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
		scheme = "https"
	case !o.insecure && len(o.proxies) == 0 && !loopback(listener.Addr()):
		return nil, "", errors.Join(usageError("在 "+o.address+" 上不加密，密码会在网络上明文传送：请给 --cert 与 --key，或放在代理后面用 --behind",
			"plain HTTP on "+o.address+" would send passwords in clear: give --cert and --key, or put a proxy in front and name it with --behind"), listener.Close())
	}
	if o.public != "" {
		return listener, o.public, nil
	}
	return listener, scheme + "://" + listener.Addr().String(), nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// greet tells where the pages are and, the first time, how to become administrator.
func (o *serveOptions) greet(w io.Writer, address, token string) {
	fmt.Fprintf(w, "千企已启动 qianqi is at %s\n", address)
	if token != "" {
		fmt.Fprintf(w, "首次设置 first run: %s/setup\n一次性口令 one-time token: %s\n", strings.TrimSuffix(address, "/"), token)
	}
	fmt.Fprintln(w, "按 Ctrl-C 停止 stops with Ctrl-C")
}

// startPage is what the browser of whoever sits here shows first: the set-up on the first run. An address
// that means every interface leads to this machine.
func startPage(address, token string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsUnspecified() {
		u.Host = net.JoinHostPort("127.0.0.1", u.Port())
	}
	if token != "" {
		return u.JoinPath("setup").String()
	}
	return u.String()
}

// openBrowser shows an address in the browser of whoever sits at the machine.
func openBrowser(address string) error {
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", address).Start()
	case "darwin":
		return exec.Command("open", address).Start()
	}
	return exec.Command("xdg-open", address).Start()
}

package web

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// OIDC is a sign-in provider by OpenID Connect: authorization code with PKCE.
type OIDC struct {
	Name   string // on its button; "" is 单点登录
	Issuer string
	Client string
	Secret string
	Claim  string       // holds the login, e.g. preferred_username
	HTTP   *http.Client // nil is one with a time limit

	mu       sync.Mutex
	provider *oidc.Provider
}

// providerTime bounds one conversation with a provider.
const providerTime = 10 * time.Second

func clientOr(c *http.Client) *http.Client {
	if c != nil {
		return c
	}
	return &http.Client{Timeout: providerTime}
}

// discover asks the issuer where its endpoints are, once it answers.
func (o *OIDC) discover(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider != nil {
		return o.provider, nil
	}
	p, err := oidc.NewProvider(ctx, o.Issuer)
	if err == nil {
		o.provider = p
	}
	return p, err
}

func (o *OIDC) config(p *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{ClientID: o.Client, ClientSecret: o.Secret, Endpoint: p.Endpoint(), RedirectURL: back, Scopes: []string{oidc.ScopeOpenID, "profile"}}
}

// providerContext carries the client of a provider. What a provider answers outlives no request.
func (o *OIDC) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, clientOr(o.HTTP))
}

// callback is the address that a provider sends people back to.
func (s *Server) callback(path string) string {
	return strings.TrimSuffix(s.Public.String(), "/") + path
}

// oidcStart sends a person to the provider.
func oidcStart(c *call) error {
	o := c.s.OIDC
	if o == nil {
		return errNoPage
	}
	p, err := o.discover(o.context(context.WithoutCancel(c.ctx())))
	if err != nil {
		return c.providerDown("oidc", err)
	}
	f := flow{way: "oidc", state: randomText(), nonce: randomText(), verifier: oauth2.GenerateVerifier(), next: localPath(c.r.FormValue("next")), anew: c.r.FormValue("anew") != ""}
	if err := c.beginFlow(f); err != nil {
		return err
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier)}
	if f.anew {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
	}
	return redirect(o.config(p, c.s.callback("/oidc/callback")).AuthCodeURL(f.state, options...))
}

// oidcCallback takes a person back who has signed in at the provider.
func oidcCallback(c *call) error {
	o := c.s.OIDC
	if o == nil {
		return errNoPage
	}
	q := c.r.URL.Query()
	f, err := c.endFlow("oidc", q.Get("state"))
	switch {
	case err != nil:
		return err
	case q.Get("iss") != "" && q.Get("iss") != o.Issuer: // RFC 9207: the answer of another provider
		return c.notVouched("oidc", errors.New("the answer names another issuer"))
	case q.Get("error") != "":
		return c.notVouched("oidc", errors.New("the provider says "+q.Get("error")))
	}
	ctx, cancel := context.WithTimeout(o.context(c.ctx()), providerTime)
	defer cancel()
	login, err := o.login(ctx, c.s.callback("/oidc/callback"), q.Get("code"), f)
	if err != nil {
		return c.notVouched("oidc", err)
	}
	return c.vouched("oidc", login, f)
}

// login trades the code for an identity and checks every part of it.
func (o *OIDC) login(ctx context.Context, back, code string, f flow) (string, error) {
	p, err := o.discover(ctx)
	if err != nil {
		return "", err
	}
	token, err := o.config(p, back).Exchange(ctx, code, oauth2.VerifierOption(f.verifier))
	if err != nil {
		return "", fmt.Errorf("exchange: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", errors.New("the answer holds no id_token")
	}
	id, err := p.Verifier(&oidc.Config{ClientID: o.Client}).Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.nonce)) != 1 {
		return "", errors.New("the nonce is another's")
	}
	if f.anew {
		if err := enteredNow(id); err != nil {
			return "", err
		}
	}
	return o.loginIn(id)
}

// enteredNow says whether a person typed their password for this very token: a provider that was asked for
// that must say when they did.
func enteredNow(id *oidc.IDToken) error {
	var said struct {
		At int64 `json:"auth_time"`
	}
	if err := id.Claims(&said); err != nil {
		return err
	}
	if ago := id.IssuedAt.Sub(time.Unix(said.At, 0)); said.At == 0 || ago > flowLife {
		return errors.New("the person was not asked to sign in anew")
	}
	return nil
}

// loginIn reads the login from a token that is genuine. A token made for several programs must have been
// asked for by this one; an e-mail address counts only where the provider has verified it.
func (o *OIDC) loginIn(id *oidc.IDToken) (string, error) {
	var claims map[string]json.RawMessage
	if err := id.Claims(&claims); err != nil {
		return "", err
	}
	var asked, login string
	var verified bool
	if _ = json.Unmarshal(claims["azp"], &asked); asked != o.Client && (asked != "" || len(id.Audience) > 1) {
		return "", errors.New("the token was made for another program")
	}
	if _ = json.Unmarshal(claims["email_verified"], &verified); o.Claim == "email" && !verified {
		return "", errors.New("the e-mail address is not verified")
	}
	if json.Unmarshal(claims[o.Claim], &login) != nil || login == "" {
		return "", fmt.Errorf("the claim %q holds no text", o.Claim)
	}
	return login, nil
}

func randomText() string { return base64.RawURLEncoding.EncodeToString(randomBytes(24)) }

// beginFlow remembers a sign-in under way, and which browser began it.
func (c *call) beginFlow(f flow) error {
	cookie := randomText()
	if !c.s.flows.begin(cookie, f) {
		return errBusy
	}
	http.SetCookie(c.w, hostCookie(flowCookie, cookie, flowLife))
	return nil
}

// endFlow finds the sign-in that a provider's answer belongs to: begun by this browser, not used
// before, not too long ago.
func (c *call) endFlow(way, state string) (flow, error) {
	http.SetCookie(c.w, dropCookie(flowCookie))
	again := fail(http.StatusBadRequest, "登录没有完成：时间太久，或是从别的网页转来的。请重新登录。", "The sign-in was not completed: it took too long, or was begun elsewhere. Please start again.")
	cookie, err := c.r.Cookie(flowCookie)
	if err != nil {
		return flow{}, again
	}
	f, ok := c.s.flows.end(cookie.Value)
	if !ok || f.way != way || subtle.ConstantTimeCompare([]byte(f.state), []byte(state)) != 1 {
		return flow{}, again
	}
	return f, nil
}

// providerDown says that the provider does not answer.
func (c *call) providerDown(way string, err error) error {
	c.s.Log.Error("provider does not answer", "way", way, "error", err.Error())
	return fail(http.StatusBadGateway, "单点登录服务没有应答，请稍后再试，或用密码登录。", "The sign-in service does not answer. Try again later, or use a password.")
}

// notVouched says that the provider's answer proves nothing. Why stands in our log only.
func (c *call) notVouched(way string, err error) error {
	c.s.Log.Warn("sign-in not proven", "way", way, "error", campaign.Printable(err.Error()))
	c.record("session.refused", "account/unknown", c.origin())
	return fail(http.StatusUnauthorized, "单点登录没有成功，请重新登录。", "The sign-in did not succeed. Please try again.")
}

// vouched signs in a person whom a provider has named.
func (c *call) vouched(way, login string, f flow) error {
	account, err := c.campaign().AccountFor(c.ctx(), login, campaign.Act{By: way})
	switch {
	case errors.Is(err, campaign.ErrNotFound), errors.Is(err, campaign.ErrInvalid):
		c.record("session.refused", "account/unknown", c.origin())
		return fail(http.StatusForbidden, "您已通过单点登录，但这里没有您的账号，名册上也没有这个工号。请联系调研办。",
			"You have signed in, but there is no account for you here and the number is not on the roster. Please ask the survey office.")
	case err != nil:
		return err
	case !account.Disabled.IsZero():
		c.record("session.refused", fmt.Sprintf("account/%d", account.ID), c.origin())
		return fail(http.StatusForbidden, "您的账号已停用。请联系管理员。", "Your account is disabled. Please ask the administrator.")
	case account.Password != "" && campaign.Has(&account, campaign.Admin):
		// Whoever gets that name at the provider must not become administrator here by it.
		c.record("session.refused", fmt.Sprintf("account/%d", account.ID), c.origin())
		return fail(http.StatusForbidden, "这个管理员账号有本机密码，只能用密码登录。要让管理员用单点登录，请为其另建不设密码的账号。",
			"This administrator's account has a password here and is entered with it alone. To let an administrator use single sign-on, add an account without a password.")
	}
	if err := c.welcome(&account, way); err != nil {
		return err
	}
	if f.ticket != "" {
		c.s.tickets.note(f.ticket, ticketed{c.session.Token, account.ID, c.s.now()})
	}
	if f.anew {
		c.proven()
	}
	return redirect(f.next)
}

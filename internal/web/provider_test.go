package web

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// issuer is an OpenID Connect provider that does what the specification says: discovery, keys,
// codes that work once, PKCE, signed tokens.
type issuer struct {
	*httptest.Server
	key *rsa.PrivateKey

	mu    sync.Mutex
	codes map[string]url.Values // code → the request it was given for
	bend  func(claims map[string]any, request url.Values)
	sign  *rsa.PrivateKey // signs instead of key
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &issuer{key: key, codes: make(map[string]url.Values)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		n, e := base64.RawURLEncoding.EncodeToString(key.N.Bytes()), base64.RawURLEncoding.EncodeToString([]byte{1, 0, 1})
		json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": n, "e": e}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// authorize is what a person's browser does at the provider: sign in, and be sent back.
func (p *issuer) authorize(t *testing.T, at string) (back string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil || !strings.HasPrefix(at, p.URL+"/authorize?") {
		t.Fatalf("sent to %s", at)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("state") == "" || !strings.Contains(q.Get("scope"), "openid") {
		t.Errorf("the request is %v", q)
	}
	code := randomText()
	p.mu.Lock()
	p.codes[code] = q
	p.mu.Unlock()
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
}

func (p *issuer) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	request, ok := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	bend, sign := p.bend, p.sign
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if !ok || request.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || request.Get("redirect_uri") != r.FormValue("redirect_uri") || id != "qianqi" || secret != "hush" {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "qianqi", "sub": "7f3a", "nonce": request.Get("nonce"), "preferred_username": "001013",
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix()}
	if bend != nil {
		bend(claims, request)
	}
	if sign == nil {
		sign = p.key
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": jwt(sign, claims)})
}

func jwt(key *rsa.PrivateKey, claims map[string]any) string {
	part := func(v any) string {
		data, _ := json.Marshal(v)
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(map[string]string{"alg": "RS256", "kid": "1"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func withPublic(o *Options) { o.Public, _ = url.Parse("https://qianqi.example") }

// back is the path of an address of ours, as the browser asks for it.
func pathOf(address string) string { return strings.TrimPrefix(address, "https://qianqi.example") }

func TestOIDC(t *testing.T) {
	p := newIssuer(t)
	s := newSite(t, withPublic, func(o *Options) {
		o.OIDC = &OIDC{Issuer: p.URL, Client: "qianqi", Secret: "hush", Claim: "preferred_username"}
	})
	s.add("001013", campaign.Faculty)
	s.add("root", campaign.Admin)
	stranger, _ := rsa.GenerateKey(rand.Reader, 2048)
	for _, c := range []struct {
		why    string
		bend   func(map[string]any, url.Values)
		sign   *rsa.PrivateKey
		play   func(v *visitor, back string) string // what the browser does instead of following
		status int
	}{
		{why: "as it should be", status: http.StatusSeeOther},
		{why: "a nonce of another sign-in", bend: func(c map[string]any, _ url.Values) { c["nonce"] = "other" }, status: http.StatusUnauthorized},
		{why: "a token for another program", bend: func(c map[string]any, _ url.Values) { c["aud"] = "other" }, status: http.StatusUnauthorized},
		{why: "another issuer", bend: func(c map[string]any, _ url.Values) { c["iss"] = "https://evil.example" }, status: http.StatusUnauthorized},
		{why: "an old token", bend: func(c map[string]any, _ url.Values) { c["exp"] = time.Now().Add(-time.Hour).Unix() }, status: http.StatusUnauthorized},
		{why: "signed by a stranger", sign: stranger, status: http.StatusUnauthorized},
		{why: "no staff number", bend: func(c map[string]any, _ url.Values) { delete(c, "preferred_username") }, status: http.StatusUnauthorized},
		{why: "for several programs, asked for by us", bend: func(c map[string]any, _ url.Values) { c["aud"], c["azp"] = []string{"other", "qianqi"}, "qianqi" }, status: http.StatusSeeOther},
		{why: "for several programs, asked for by another", bend: func(c map[string]any, _ url.Values) { c["aud"], c["azp"] = []string{"other", "qianqi"}, "other" }, status: http.StatusUnauthorized},
		{why: "for several programs, asked for by nobody", bend: func(c map[string]any, _ url.Values) { c["aud"] = []string{"other", "qianqi"} }, status: http.StatusUnauthorized},
		{why: "the answer of another provider", play: func(_ *visitor, back string) string { return back + "&iss=https%3A%2F%2Fevil.example" }, status: http.StatusUnauthorized},
		{why: "the person said no", play: func(_ *visitor, back string) string {
			return strings.Replace(back, "code=", "error=access_denied&was=", 1)
		}, status: http.StatusUnauthorized},
		{why: "an administrator's name at the provider", bend: func(c map[string]any, _ url.Values) { c["preferred_username"] = "root" }, status: http.StatusForbidden},
		{why: "nobody we know", bend: func(c map[string]any, _ url.Values) { c["preferred_username"] = "999999" }, status: http.StatusForbidden},
		{why: "a state of another sign-in", play: func(_ *visitor, back string) string { return back + "x" }, status: http.StatusBadRequest},
		{why: "another browser", play: func(v *visitor, back string) string { delete(v.cookies, flowCookie); return back }, status: http.StatusBadRequest},
		{why: "a code made up", play: func(_ *visitor, back string) string {
			return strings.Replace(back, "code=", "code=x", 1)
		}, status: http.StatusUnauthorized},
		{why: "after a quarter of an hour", play: func(v *visitor, back string) string { v.s.clock.add(15 * time.Minute); return back }, status: http.StatusBadRequest},
	} {
		t.Run(c.why, func(t *testing.T) {
			p.mu.Lock()
			p.bend, p.sign = c.bend, c.sign
			p.mu.Unlock()
			v := s.visitor()
			start := v.get("/oidc?next=%2Faccount%3Fx").want(t, http.StatusSeeOther)
			back := pathOf(p.authorize(t, start.location()))
			if c.play != nil {
				back = c.play(v, back)
			}
			got := v.get(back).want(t, c.status)
			if in := signedIn(v); in != (c.status == http.StatusSeeOther) {
				t.Errorf("signed in: %v", in)
			}
			if c.status == http.StatusSeeOther {
				if got.location() != "/account?x" {
					t.Errorf("led to %s", got.location())
				}
				v.get(back).want(t, http.StatusBadRequest) // once only
			}
		})
	}
}

// An e-mail address is a login only where the provider has verified it.
func TestOIDCEmail(t *testing.T) {
	p := newIssuer(t)
	s := newSite(t, withPublic, func(o *Options) {
		o.OIDC = &OIDC{Issuer: p.URL, Client: "qianqi", Secret: "hush", Claim: "email"}
	})
	s.add("001013@example.edu.cn", campaign.Faculty)
	for verified, status := range map[any]int{true: http.StatusSeeOther, false: http.StatusUnauthorized, nil: http.StatusUnauthorized, "true": http.StatusUnauthorized} {
		p.mu.Lock()
		p.bend = func(c map[string]any, _ url.Values) {
			c["email"] = "001013@example.edu.cn"
			if verified != nil {
				c["email_verified"] = verified
			}
		}
		p.mu.Unlock()
		v := s.visitor()
		v.get(pathOf(p.authorize(t, v.get("/oidc").location()))).want(t, status)
	}
}

// An administrator without a password here comes by the provider; so does nobody else's name.
func TestProviderAdministrators(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas"
	id, err := s.c.AddAccount(t.Context(), campaign.NewAccount{Login: "001013", Roles: []campaign.Role{campaign.Admin}}, campaign.Act{By: "u0"})
	if err != nil {
		t.Fatal(err)
	}
	enter := func() reply { v := s.visitor(); return v.get(pathOf(p.login(t, v.get("/cas").location()))) }
	enter().want(t, http.StatusSeeOther)
	if err := s.c.SetPassword(t.Context(), id, aPassword, false, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	enter().want(t, http.StatusForbidden, "只能用密码登录")
}

func TestOIDCDown(t *testing.T) {
	s := newSite(t, withPublic, func(o *Options) { o.OIDC = &OIDC{Issuer: "http://127.0.0.1:1", Client: "qianqi"} })
	s.visitor().get("/oidc").want(t, http.StatusBadGateway, "没有应答")
}

// casServer is a CAS server: tickets are for one service, work once, and live ten seconds.
type casServer struct {
	*httptest.Server
	mu      sync.Mutex
	tickets map[string]string // ticket → service
	answer  string            // given instead of the right one
	clock   *clock
	made    map[string]time.Time
	renewed bool // the last ticket was validated with renew
}

func newCASServer(t *testing.T, clk *clock) *casServer {
	t.Helper()
	p := &casServer{tickets: make(map[string]string), made: make(map[string]time.Time), clock: clk}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cas/p3/serviceValidate", p.validate)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// login is what a person's browser does at the CAS server.
func (p *casServer) login(t *testing.T, at string) (back string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil || !strings.HasPrefix(at, p.URL+"/cas/login?") {
		t.Fatalf("sent to %s", at)
	}
	service := u.Query().Get("service")
	ticket := "ST-" + randomText()
	p.mu.Lock()
	p.tickets[ticket] = service
	p.made[ticket] = p.clock.Now()
	p.mu.Unlock()
	return service + "&" + url.Values{"ticket": {ticket}}.Encode()
}

func (p *casServer) validate(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ticket := r.FormValue("ticket")
	p.renewed = r.FormValue("renew") == "true"
	service, ok := p.tickets[ticket]
	delete(p.tickets, ticket)
	w.Header().Set("Content-Type", "application/xml;charset=UTF-8")
	switch {
	case !ok || p.clock.Now().Sub(p.made[ticket]) > 10*time.Second:
		fmt.Fprint(w, casFailed("INVALID_TICKET", "Ticket "+ticket+" not recognized"))
	case service != r.FormValue("service"):
		fmt.Fprint(w, casFailed("INVALID_SERVICE", "the ticket is for another service"))
	case p.answer != "":
		fmt.Fprint(w, p.answer)
	default:
		fmt.Fprint(w, casGranted("<cas:user>001013</cas:user>"))
	}
}

func casFailed(code, text string) string {
	return `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationFailure code="` + code + `">` + text + `</cas:authenticationFailure></cas:serviceResponse>`
}

func casGranted(inside string) string {
	return xml.Header + `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">
  <cas:authenticationSuccess>` + inside + `<cas:attributes><cas:cn>张示例</cas:cn><cas:employeeNumber>001020</cas:employeeNumber>
    <cas:memberOf>教务处</cas:memberOf><cas:memberOf>软件学院</cas:memberOf></cas:attributes></cas:authenticationSuccess></cas:serviceResponse>`
}

func TestCAS(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas/"
	s.add("001013", campaign.Faculty)
	s.add("001020", campaign.Faculty)
	for _, c := range []struct {
		why, attribute, answer string
		play                   func(v *visitor, back string) string
		status                 int
		login                  string
	}{
		{why: "as it should be", status: http.StatusSeeOther, login: "001013"},
		{why: "the number in an attribute", attribute: "employeeNumber", status: http.StatusSeeOther, login: "001020"},
		{why: "an attribute with two values", attribute: "memberOf", status: http.StatusUnauthorized},
		{why: "no such attribute", attribute: "nope", status: http.StatusUnauthorized},
		{why: "a comment inside the name", answer: casGranted("<cas:user>001013<!-- x -->.evil</cas:user>"), status: http.StatusForbidden},
		{why: "two names", answer: casGranted("<cas:user>001020</cas:user><cas:user>001013</cas:user>"), status: http.StatusUnauthorized},
		{why: "a name outside the namespace", answer: casGranted("<user>001013</user>"), status: http.StatusUnauthorized},
		{why: "success and failure at once", answer: strings.Replace(casGranted("<cas:user>001013</cas:user>"), "</cas:serviceResponse>", `<cas:authenticationFailure code="X"/></cas:serviceResponse>`, 1), status: http.StatusUnauthorized},
		{why: "nobody", answer: casGranted("<cas:user> </cas:user>"), status: http.StatusUnauthorized},
		{why: "no XML", answer: "yes\n001013\n", status: http.StatusUnauthorized},
		{why: "an endless answer", answer: casGranted("<cas:user>001013</cas:user>" + strings.Repeat(" ", casBytes)), status: http.StatusUnauthorized},
		{why: "nobody we know", answer: casGranted("<cas:user>999999</cas:user>"), status: http.StatusForbidden},
		{why: "a ticket made up", play: func(_ *visitor, back string) string { return back + "x" }, status: http.StatusUnauthorized},
		{why: "no ticket", play: func(_ *visitor, back string) string { before, _, _ := strings.Cut(back, "&ticket"); return before }, status: http.StatusUnauthorized},
		{why: "another browser", play: func(v *visitor, back string) string { delete(v.cookies, flowCookie); return back }, status: http.StatusBadRequest},
		{why: "a ticket that waited", play: func(v *visitor, back string) string { v.s.clock.add(time.Minute); return back }, status: http.StatusUnauthorized},
	} {
		t.Run(c.why, func(t *testing.T) {
			cas.Attribute = c.attribute
			p.mu.Lock()
			p.answer = c.answer
			p.mu.Unlock()
			v := s.visitor()
			back := pathOf(p.login(t, v.get("/cas?next=%2Faccount").want(t, http.StatusSeeOther).location()))
			if c.play != nil {
				back = c.play(v, back)
			}
			got := v.get(back).want(t, c.status)
			if c.status == http.StatusSeeOther {
				v.get(got.location()).want(t, http.StatusOK, c.login)
				v.get(back).want(t, http.StatusBadRequest)
			} else if signedIn(v) {
				t.Error("signed in")
			}
		})
	}
}

// A ticket that a victim got for another service of the university signs nobody in here.
func TestCASTicketOfAnotherService(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas"
	s.add("001013", campaign.Faculty)
	attacker := s.visitor()
	mine := p.login(t, attacker.get("/cas").location())
	stolen := p.login(t, p.URL+"/cas/login?service=https%3A%2F%2Flibrary.example%2F%3Fx%3D1")
	_, ticket, _ := strings.Cut(stolen, "&ticket=")
	before, _, _ := strings.Cut(mine, "&ticket=")
	attacker.get(pathOf(before+"&ticket="+ticket)).want(t, http.StatusUnauthorized)
}

// Somebody on the roster gets an account at the first sign-in; one that was disabled gets nothing.
func TestProviderAccounts(t *testing.T) {
	cas := &CAS{}
	s := newSite(t, withPublic, func(o *Options) { o.CAS = cas })
	p := newCASServer(t, s.clock)
	cas.Base = p.URL + "/cas"
	s.roster()
	enter := func() (*visitor, reply) {
		v := s.visitor()
		return v, v.get(pathOf(p.login(t, v.get("/cas").location())))
	}
	v, got := enter()
	got.want(t, http.StatusSeeOther)
	v.get("/account").want(t, http.StatusOK, "001013", "教师")
	account, err := s.c.AccountOf(t.Context(), "001013")
	if err != nil || account.Password != "" {
		t.Fatalf("%+v %v", account, err)
	}
	if err := s.c.DisableAccount(t.Context(), account.ID, true, campaign.Act{By: "u0"}); err != nil {
		t.Fatal(err)
	}
	_, got = enter()
	got.want(t, http.StatusForbidden, "已停用")
}

package web

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// CAS is a sign-in provider by CAS 3.0, the protocol of most universities' portals.
type CAS struct {
	Name      string // on its button; "" is 统一身份认证
	Base      string // e.g. https://cas.example.edu.cn/cas
	Attribute string // holds the login; "" takes the CAS user
	HTTP      *http.Client
}

// casAnswer is what a CAS server says about a ticket.
type casAnswer struct {
	XMLName xml.Name     `xml:"http://www.yale.edu/tp/cas serviceResponse"`
	Success []casSuccess `xml:"http://www.yale.edu/tp/cas authenticationSuccess"`
	Failure []casFailure `xml:"http://www.yale.edu/tp/cas authenticationFailure"`
}

type casSuccess struct {
	User       []string        `xml:"http://www.yale.edu/tp/cas user"`
	Attributes []casAttributes `xml:"http://www.yale.edu/tp/cas attributes"`
}

type casAttributes struct {
	All []struct {
		XMLName xml.Name
		Value   string `xml:",chardata"`
	} `xml:",any"`
}

type casFailure struct {
	Code string `xml:"code,attr"`
	Text string `xml:",chardata"`
}

// casBytes is the most that an answer may hold.
const casBytes = 256 << 10

// casStart sends a person to the CAS server.
func casStart(c *call) error {
	cas := c.s.CAS
	if cas == nil {
		return errNoPage
	}
	f := flow{way: "cas", state: randomText(), next: localPath(c.r.FormValue("next")), anew: c.r.FormValue("anew") != ""}
	if err := c.beginFlow(f); err != nil {
		return err
	}
	return redirect(cas.address("/login", renewed(f, url.Values{"service": {c.s.casService(f.state)}})))
}

// renewed asks the CAS server for nothing but a password that is typed now, where that is wanted.
func renewed(f flow, query url.Values) url.Values {
	if f.anew {
		query.Set("renew", "true")
	}
	return query
}

// casService is the address that a ticket is made for. It carries the state, so that a ticket
// fetched elsewhere signs nobody in here.
func (s *Server) casService(state string) string {
	return s.callback("/cas/callback?" + url.Values{"state": {state}}.Encode())
}

func (a *CAS) address(path string, query url.Values) string {
	return strings.TrimSuffix(a.Base, "/") + path + "?" + query.Encode()
}

// casCallback takes a person back who has signed in at the CAS server.
func casCallback(c *call) error {
	cas := c.s.CAS
	if cas == nil {
		return errNoPage
	}
	f, err := c.endFlow("cas", c.r.URL.Query().Get("state"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx(), providerTime)
	defer cancel()
	ticket := c.r.URL.Query().Get("ticket")
	login, err := cas.validate(ctx, renewed(f, url.Values{"service": {c.s.casService(f.state)}, "ticket": {ticket}}))
	if err != nil {
		return c.notVouched("cas", err)
	}
	f.ticket = ticket
	return c.vouched("cas", login, f)
}

// casLogout is what a CAS server posts to every service of a person who has signed out there.
type casLogout struct {
	XMLName xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:protocol LogoutRequest"`
	Index   []string `xml:"urn:oasis:names:tc:SAML:2.0:protocol SessionIndex"`
}

// casSignOut ends the session that began with a ticket: its person has signed out at the CAS server. Only
// that server and this one know the ticket. The answer is the same whether there was such a session.
func casSignOut(c *call) error {
	if c.s.CAS == nil {
		return errNoPage
	}
	var said casLogout
	if err := xml.Unmarshal([]byte(c.r.PostFormValue("logoutRequest")), &said); err != nil || len(said.Index) != 1 {
		return fail(http.StatusBadRequest, "这不是 CAS 的退出通知。", "This is no logout request of a CAS server.")
	}
	if x, ok := c.s.tickets.end(strings.TrimSpace(said.Index[0])); ok {
		if err := c.campaign().Store.EndSession(c.ctx(), x.session, campaign.Act{By: x.account.Actor(), Reason: "cas"}); err != nil {
			return err
		}
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// validate asks the CAS server whom a ticket was given to.
func (a *CAS) validate(ctx context.Context, query url.Values) (string, error) {
	if ticket := query.Get("ticket"); ticket == "" || len(ticket) > 512 {
		return "", errors.New("no ticket")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.address("/p3/serviceValidate", query), nil)
	if err != nil {
		return "", err
	}
	client := *clientOr(a.HTTP)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("status %d", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, casBytes+1))
	if err == nil && len(body) > casBytes {
		err = errors.New("the answer is too long")
	}
	if err != nil {
		return "", err
	}
	return a.identity(body)
}

// identity reads an answer. It must hold exactly one success and nothing else; a comment inside a
// name does not shorten it, as the decoder joins the text around it.
func (a *CAS) identity(body []byte) (string, error) {
	var answer casAnswer
	if err := xml.Unmarshal(body, &answer); err != nil {
		return "", err
	}
	if len(answer.Failure) > 0 {
		return "", fmt.Errorf("%s: %s", answer.Failure[0].Code, strings.TrimSpace(answer.Failure[0].Text))
	}
	if len(answer.Success) != 1 || len(answer.Success[0].User) != 1 {
		return "", errors.New("the answer names nobody, or several")
	}
	login := strings.TrimSpace(answer.Success[0].User[0])
	if a.Attribute != "" {
		login = ""
		for _, group := range answer.Success[0].Attributes {
			for _, attribute := range group.All {
				if attribute.XMLName.Local != a.Attribute {
					continue
				}
				if login != "" {
					return "", fmt.Errorf("the attribute %q has several values", a.Attribute)
				}
				login = strings.TrimSpace(attribute.Value)
			}
		}
	}
	if login == "" {
		return "", errors.New("the answer names nobody")
	}
	return login, nil
}

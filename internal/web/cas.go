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
	f := flow{way: "cas", state: randomText(), next: localPath(c.r.FormValue("next"))}
	if err := c.beginFlow(f); err != nil {
		return err
	}
	return redirect(cas.address("/login", url.Values{"service": {c.s.casService(f.state)}}))
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
	login, err := cas.validate(ctx, c.s.casService(f.state), c.r.URL.Query().Get("ticket"))
	if err != nil {
		return c.notVouched("cas", err)
	}
	return c.vouched("cas", login, f.next)
}

// validate asks the CAS server whom a ticket was given to.
func (a *CAS) validate(ctx context.Context, service, ticket string) (string, error) {
	if ticket == "" || len(ticket) > 512 {
		return "", errors.New("no ticket")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.address("/p3/serviceValidate", url.Values{"service": {service}, "ticket": {ticket}}), nil)
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

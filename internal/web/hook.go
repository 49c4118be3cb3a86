package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// How long a webhook may take, and how often it is tried.
const (
	hookTimeout = 10 * time.Second
	hookTries   = 3
	hookPause   = time.Second // before the second try; twice that before the third
	hookAnswer  = 64 << 10    // bytes of an answer that are read
)

// Post posts JSON to a webhook. It tries again where the network or the other side failed, follows
// no redirect, and gives up after half a minute. Its errors name the host only, since the rest of
// such an address is a secret.
func Post(ctx context.Context, address string, body []byte) error {
	return poster{&http.Client{Timeout: hookTimeout, CheckRedirect: noRedirect}, hookPause}.post(ctx, address, body)
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

type poster struct {
	client *http.Client
	pause  time.Duration
}

func (p poster) post(ctx context.Context, address string, body []byte) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("not an address")
	}
	for try := 1; ; try++ {
		again, err := p.once(ctx, address, body)
		if err == nil {
			return nil
		}
		if !again || try == hookTries {
			return fmt.Errorf("%s: %w", u.Hostname(), err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(p.pause * time.Duration(try)):
		}
	}
}

// once posts once; again says whether another try makes sense.
func (p poster) once(ctx context.Context, address string, body []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return false, errors.New("not an address")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "qianqi")
	resp, err := p.client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err // without the address
		}
		return ctx.Err() == nil, err
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, hookAnswer))
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests, fmt.Errorf("HTTP %d", resp.StatusCode)
	}
	return false, robotError(answer)
}

// robotError reads the answers of chat robots, which say 200 whatever happened.
func robotError(answer []byte) error {
	var said struct {
		Errcode int    `json:"errcode"`
		Code    int    `json:"code"`
		Errmsg  string `json:"errmsg"`
		Msg     string `json:"msg"`
	}
	if json.Unmarshal(answer, &said) != nil || said.Errcode == 0 && said.Code == 0 {
		return nil
	}
	return fmt.Errorf("code %d: %.200s", said.Errcode+said.Code, said.Errmsg+said.Msg)
}

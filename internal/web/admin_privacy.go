package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

type privacyView struct {
	Staff    string            // the person asked about, "" where nobody is
	Found    *campaign.Erasure // what erasing the person would change
	Done     *campaign.Erasure // what it has changed
	Account  string            // number of the person's account, "" where there is none
	Due      *campaign.Expired
	Erasures []campaign.PersonErasure
	Names    map[string]string
	Problem  codebook.Text
}

// privacyPage finds a person's data, sets the retention and lists what was erased.
func privacyPage(c *call) error {
	return c.privacyPage(http.StatusOK, privacyView{Staff: strings.TrimSpace(c.r.URL.Query().Get("person"))})
}

func (c *call) privacyPage(status int, v privacyView) error {
	if v.Staff != "" && v.Done == nil {
		found, err := c.campaign().ErasePerson(c.ctx(), campaign.EraseRequest{Staff: v.Staff, Dry: true}, c.act(""))
		text, known := problemOf(err)
		switch {
		case campaign.IsUnknown(err):
			v.Problem = textOf(err)
		case known:
			v.Problem = text
		case err != nil:
			return err
		default:
			v.Found = found
		}
	}
	var err error
	if v.Due, err = c.campaign().ExpirePeople(c.ctx(), true, c.act("")); err != nil {
		return err
	}
	if v.Erasures, err = c.campaign().Store.Erasures(c.ctx(), c.campaign().Codebook.College); err != nil {
		return err
	}
	if v.Names, err = c.names(); err != nil {
		return err
	}
	return c.page(status, "admin_privacy", v)
}

// textOf is an error's sentence in both languages.
func textOf(err error) codebook.Text {
	zh, en, _ := strings.Cut(err.Error(), "\n")
	return text(zh, en)
}

// setRetention sets for how many years personal data are kept.
func setRetention(c *call) error {
	years, err := strconv.Atoi(c.form("years"))
	if err != nil {
		return c.privacyPage(http.StatusUnprocessableEntity, privacyView{Problem: text("保存年限要写成数字。", "Years are a number.")})
	}
	if err := c.campaign().SetRetention(c.ctx(), years, c.act("")); err != nil {
		if text, ok := problemOf(err); ok {
			return c.privacyPage(http.StatusUnprocessableEntity, privacyView{Problem: text})
		}
		return err
	}
	return redirect("/admin/privacy?done=saved")
}

// erasePerson puts a pseudonym in a person's place, for good. Whoever asks types the number once more.
func erasePerson(c *call) error {
	staff := c.form("person")
	if !strings.EqualFold(staff, c.form("again")) || staff == "" {
		return c.privacyPage(http.StatusUnprocessableEntity, privacyView{Staff: staff, Problem: text("两次输入的工号不一致，没有清除。", "The two numbers differ; nothing was erased.")})
	}
	c.patiently()
	done, err := c.campaign().ErasePerson(c.ctx(), campaign.EraseRequest{Staff: staff, Reason: c.form("reason"), Pending: c.s.Pending, Returns: filepath.Join(c.s.Setup.Reports, "returns")}, c.act(""))
	if text, ok := problemOf(err); ok {
		return c.privacyPage(http.StatusUnprocessableEntity, privacyView{Staff: staff, Problem: text})
	}
	if err != nil {
		return err
	}
	return c.privacyPage(http.StatusOK, privacyView{Done: done})
}

// personFile is everything that is kept about a person.
func personFile(c *call) error { return c.personFile(strings.TrimSpace(c.r.URL.Query().Get("person"))) }

// ownFile is everything that is kept about the person who asks.
func ownFile(c *call) error { return c.personFile(c.me.Login) }

func (c *call) personFile(staff string) error {
	p, err := c.campaign().ExportPerson(c.ctx(), staff, c.act(""))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return err
	}
	return c.download(fileName("个人信息-"+staff+".json"), "application/json; charset=utf-8", b.Bytes())
}

package campaign

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// retentionSetting is the name under which the retention is set.
const retentionSetting = "retention"

// mostRetention is the most years that can be set.
const mostRetention = 50

// Retention says for how many years personal data of a campaign are kept after its own year; 0 is for
// ever.
func (c *Campaign) Retention(ctx context.Context) (years int, err error) {
	text, err := c.Store.Setting(ctx, c.Codebook.College, retentionSetting)
	if err != nil || text == "" {
		return 0, err
	}
	return strconv.Atoi(text)
}

// SetRetention sets the retention; 0 keeps personal data until somebody erases them.
func (c *Campaign) SetRetention(ctx context.Context, years int, act Act) error {
	if years < 0 || years > mostRetention {
		return refuse(fmt.Sprintf("保存年限为 1 至 %d 年；0 为不自动清除。", mostRetention), fmt.Sprintf("Personal data are kept 1 to %d years; 0 erases nothing by itself.", mostRetention))
	}
	return c.Store.Set(ctx, c.Codebook.College, retentionSetting, strconv.Itoa(years), act)
}

// Expired is what the retention erased, or would erase at the next run.
type Expired struct {
	Years   int  `json:"retention_years"` // 0: nothing is erased by itself
	Until   int  `json:"until_year"`      // campaigns up to this one
	People  int  `json:"people"`          // whose time is over
	Visits  int  `json:"visits"`          // that name them
	Files   int  `json:"files"`           // as handed in
	Rosters int  `json:"rosters"`         // that name them
	Done    bool `json:"done"`            // erased, not only counted
}

// ExpirePeople erases the people of campaigns whose retention is over; dry only counts them. A person
// who visits in a later campaign stays known there.
func (c *Campaign) ExpirePeople(ctx context.Context, dry bool, act Act) (*Expired, error) {
	years, err := c.Retention(ctx)
	if err != nil || years == 0 {
		return &Expired{}, err
	}
	out := &Expired{Years: years, Until: c.Now().UTC().Year() - years - 1}
	staff, err := c.Store.StaffUntil(ctx, c.Codebook.College, out.Until)
	if err != nil || len(staff) == 0 {
		return out, err
	}
	var people []*erasing
	var disguises []store.Disguise
	var files []store.PersonFile
	seen := make(map[string]bool)
	for _, s := range staff {
		if key := strings.ToLower(s); seen[key] { // the same number in another letter case
			continue
		} else {
			seen[key] = true
		}
		one, err := c.erasing(ctx, s, out.Until, 0, nil)
		if err != nil {
			return nil, err
		}
		people, disguises, files = append(people, one), append(disguises, one.Disguise), append(files, one.traces.Originals...)
	}
	out.count(people)
	if dry {
		return out, nil
	}
	copies, err := c.copies(ctx, files, disguises)
	if err != nil {
		return nil, err
	}
	act.Reason = codebook.Text{ZH: fmt.Sprintf("保存期限 %d 年已过", years), EN: "retention of " + codebook.Count(years, "year") + " is over"}.Both()
	for _, one := range people {
		one.Copies = copies
		if _, err := c.Store.ErasePerson(ctx, one.Erasing, act); err != nil {
			return nil, err
		}
	}
	out.Done = true
	return out, c.Store.Forget(ctx)
}

// FinishErasures clears what an earlier erasure left on the disk: its process died, or somebody was reading.
func (c *Campaign) FinishErasures(ctx context.Context) error {
	left, err := c.Store.Unforgotten(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	c.log().InfoContext(ctx, "an erasure is finished", "files", len(left))
	return c.Store.Forget(ctx)
}

// count says how much names these people, each visit, file and roster once.
func (x *Expired) count(people []*erasing) {
	visits, files, rosters := make(map[store.VisitID]bool), make(map[string]bool), make(map[int64]bool)
	for _, p := range people {
		for _, v := range p.traces.Visits {
			visits[v] = true
		}
		for _, f := range p.traces.Originals {
			files[f.SHA256] = true
		}
		for _, r := range p.traces.Rosters {
			rosters[r] = true
		}
	}
	x.People, x.Visits, x.Files, x.Rosters = len(people), len(visits), len(files), len(rosters)
}

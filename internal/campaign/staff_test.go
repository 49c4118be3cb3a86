package campaign

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// aCollege is a campaign on an empty database. Its people are invented.
func aCollege(t *testing.T) *Campaign {
	t.Helper()
	return collegeAt(t, t.TempDir())
}

// collegeAt is a college whose database is in a folder.
func collegeAt(t *testing.T, dir string) *Campaign {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC) }
	st, err := store.Open(context.Background(), filepath.Join(dir, "qianqi.db"), store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return &Campaign{Codebook: codebook.Default(), Store: st, Now: now, HashCost: HashCost{MemoryKiB: 8, Passes: 1, Lanes: 1}}
}

// A list of staff is a sheet like any other: a title above the header, two languages in it, a number
// that is text, roles by either name.
func TestAddStaffFromWorkbook(t *testing.T) {
	c := aCollege(t)
	data, err := workbook.WriteTable([]workbook.Table{{Name: "名单", Title: "通信学院教职工（样例）",
		Columns: []workbook.TableColumn{{Header: "序号"}, {Header: "工号 Staff number"}, {Header: "姓名 Name"}, {Header: "部门"}, {Header: "角色"}},
		Rows:    [][]any{{1, "000012", "张示例", "通信系", "教师；survey office"}, {2, "000013", "李示例", nil, nil}, {3, "000014", "王示例", "通信系", "Department Secretary"}}}})
	if err != nil {
		t.Fatal(err)
	}
	staff, err := c.AddStaff(context.Background(), "名单.xlsx", data, true, Act{By: "u0"})
	if err != nil || len(staff.Issues) > 0 || len(staff.Added) != 3 {
		t.Fatalf("%+v %v", staff, err)
	}
	for login, want := range map[string]string{"000012": "faculty office", "000013": "faculty", "000014": "secretary"} {
		a, err := c.AccountOf(context.Background(), login)
		if err != nil || strings.Join(a.Roles, " ") != want || !a.MustChange {
			t.Errorf("%s: %+v %v", login, a, err)
		}
	}
	if a := staff.Added[0]; len(a.FirstPassword) != 19 || a.Login != "000012" {
		t.Errorf("%+v", a)
	}
}

// Where the second of three is wrong, the issue stands in its cell and nobody is added.
func TestAddStaffAllOrNone(t *testing.T) {
	c := aCollege(t)
	staff, err := c.AddStaff(context.Background(), "名单.csv", []byte("工号,角色\n000012,\n000013,国王\n000014,\n"), true, Act{By: "u0"})
	if err != nil {
		t.Fatal(err)
	}
	if len(staff.Added) != 0 || len(staff.Issues) != 1 || staff.Issues[0].Code != "A004" || staff.Issues[0].Ref.Cell() != "B3" || staff.Issues[0].Got != "国王" {
		t.Errorf("%+v", staff)
	}
	if all, _ := c.Store.Accounts(context.Background()); len(all) != 0 {
		t.Errorf("%d accounts were added", len(all))
	}
}

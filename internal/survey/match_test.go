package survey

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// TestLikelyLinksArePrecise measures LinkLikely on published pairs of short and full names
// (an extract; see the file's head). The bounds are promises, not this run's figures.
func TestLikelyLinksArePrecise(t *testing.T) {
	f, err := os.Open("testdata/orgnames_extract.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	truth := make(map[string]map[string]bool)
	full := make(map[string]bool)
	var known []NamedEnterprise
	for _, row := range rows[1:] {
		if truth[row[0]] == nil {
			truth[row[0]] = make(map[string]bool)
		}
		truth[row[0]][row[1]] = true
		if !full[row[1]] {
			full[row[1]] = true
			known = append(known, NamedEnterprise{Key: "k:" + row[1], Name: row[1]})
		}
	}
	m := NewMatcher(codebook.Default(), known)
	links, right, listed := 0, 0, 0
	for _, short := range sortedKeys(truth) {
		for n, c := range m.Find(NamedEnterprise{Name: short}, 10) {
			ok := truth[short][c.Enterprise.Name]
			if n < 5 && ok {
				listed++
			}
			if c.Link == LinkLikely {
				links++
				if ok {
					right++
				} else {
					t.Logf("%s → %s", short, c.Enterprise.Name)
				}
			}
		}
	}
	precision, recall := float64(right)/float64(links), float64(right)/float64(len(truth))
	t.Logf("%d names, %d likely links, precision %.4f, recall %.4f; %d within the first five candidates", len(truth), links, precision, recall, listed)
	if precision < 0.99 || recall < 0.40 {
		t.Errorf("precision %.4f (promised 0.99), recall %.4f (promised 0.40)", precision, recall)
	}
}

// A search looks at few names and leaves out none that looking at all would have found.
func TestASearchFindsWhatLookingAtAllFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	var known []NamedEnterprise
	for i := range 600 {
		name := pick("", "深圳市", "北京", "广东省") + pick("云", "云图", "星", "星桥", "海石", "") + pick("图", "通", "云图", "河", "") + pick("", "通信", "网络科技", "通信技术") +
			pick("", "有限公司", "股份有限公司", "集团有限公司")
		code := ""
		if random.IntN(3) == 0 {
			code = pick("91350100M000100Y43", "91512081MA62K0260E")
		}
		known = append(known, NamedEnterprise{Key: strconv.Itoa(i), Name: name, USCC: code, Region: pick("", "440300", "110000")})
	}
	m := NewMatcher(codebook.Default(), known)
	for _, e := range known {
		for _, limit := range []int{1, 5, 1000} {
			if got, want := m.Find(e, limit), lookAtAll(m, e, limit); !slices.Equal(got, want) {
				t.Fatalf("%+v, at most %d: found %+v, want %+v", e, limit, got, want)
			}
		}
	}
}

func lookAtAll(m *Matcher, e NamedEnterprise, limit int) []Candidate {
	k := m.paired(e.Name)
	likely := m.onlyBeginning(k.nameKey)
	var out []Candidate
	for i := range m.known {
		score, link := m.judge(e, k, i, i == likely)
		if link != LinkNone && m.known[i].Key != e.Key {
			out = append(out, Candidate{m.known[i], score, link})
		}
	}
	slices.SortFunc(out, surest)
	return out[:min(limit, len(out))]
}

// The pairs that a matcher keeps by number give the likeness that the names themselves have, also where a name
// has pairs twice, or such as no known name has.
func TestPairsByNumber(t *testing.T) {
	cb := codebook.Default()
	names := []string{"云图通信技术有限公司", "云图通信通信技术股份公司", "通信云图", "云图云图云图", "星", "", "海石网络科技", "河"}
	var known []NamedEnterprise
	for i, name := range names {
		known = append(known, NamedEnterprise{Key: strconv.Itoa(i), Name: name})
	}
	m := NewMatcher(cb, known)
	for _, asked := range append([]string{"云图通信公司", "龘龘通信龘龘技术", "麒麟麒麟"}, names...) {
		core, _ := CoreName(cb, asked)
		k := m.paired(asked)
		for i, name := range names {
			other, _ := CoreName(cb, name)
			got := [2]float64{diceOf(k.wholePairs, m.wholes.of(i)), diceOf(k.corePairs, m.parts.of(i))}
			if want := [2]float64{Dice(headerKey(asked), headerKey(name)), Dice(core, other)}; got != want {
				t.Errorf("%s and %s: %v, want %v", asked, name, got, want)
			}
		}
	}
}

func TestNothingIsMergedOnANameAlone(t *testing.T) {
	const code, other = "91350100M000100Y43", "91512081MA62K0260E"
	for _, c := range []struct {
		why      string
		new, old NamedEnterprise
		want     Link
	}{
		{"the same code, another name", NamedEnterprise{Name: "云图公司", USCC: code}, NamedEnterprise{Name: "云图通信技术有限公司", USCC: code}, LinkSame},
		{"the same name, no code, no region", NamedEnterprise{Name: "云图通信技术有限公司"}, NamedEnterprise{Name: "云图通信技术有限公司", USCC: code}, LinkReview},
		{"the same name in one region", NamedEnterprise{Name: "云图通信技术有限公司", Region: "440300"}, NamedEnterprise{Name: "云图通信技术有限公司", USCC: code, Region: "440300"}, LinkSame},
		{"the same name with two codes", NamedEnterprise{Name: "云图通信技术有限公司", USCC: other}, NamedEnterprise{Name: "云图通信技术有限公司", USCC: code}, LinkReview},
		{"a short name", NamedEnterprise{Name: "云图通信"}, NamedEnterprise{Name: "深圳市云图通信技术有限公司"}, LinkLikely},
		{"a short name of another place", NamedEnterprise{Name: "北京云图通信"}, NamedEnterprise{Name: "深圳市云图通信技术有限公司"}, LinkReview},
		{"a short name whose code differs", NamedEnterprise{Name: "云图通信", USCC: other}, NamedEnterprise{Name: "深圳市云图通信技术有限公司", USCC: code}, LinkReview},
		{"nothing alike", NamedEnterprise{Name: "星桥电子有限公司"}, NamedEnterprise{Name: "云图通信技术有限公司"}, LinkNone},
	} {
		c.old.Key = "old"
		got := LinkNone
		if found := NewMatcher(codebook.Default(), []NamedEnterprise{c.old}).Find(c.new, 1); len(found) > 0 {
			got = found[0].Link
		}
		if got != c.want {
			t.Errorf("%s: link %d, want %d", c.why, got, c.want)
		}
	}
}

// TestMatcherKeepsItsDoubts: an enterprise is no candidate for itself, and a beginning that two names share is
// a question about both, not a link to either.
func TestMatcherKeepsItsDoubts(t *testing.T) {
	m := NewMatcher(codebook.Default(), []NamedEnterprise{{Key: "a", Name: "云图通信技术有限公司"}, {Key: "b", Name: "云图通信设备有限公司"}})
	for _, c := range m.Find(NamedEnterprise{Key: "a", Name: "云图通信技术有限公司"}, 5) {
		if c.Enterprise.Key == "a" {
			t.Error("an enterprise is a candidate for itself")
		}
	}
	found := m.Find(NamedEnterprise{Name: "云图通信"}, 5)
	if len(found) != 2 || found[0].Link != LinkReview || found[1].Link != LinkReview {
		t.Errorf("a shared beginning gives %+v", found)
	}
	if Dice("", "云图") != 0 || Dice("云图", "云图") != 1 {
		t.Error("the likeness of nothing is not 0, or of the same not 1")
	}
}

func TestEnterpriseKey(t *testing.T) {
	for _, c := range []struct{ uscc, name, want string }{
		{"91350100m000100y43", "云图", "91350100M000100Y43"},
		{"91350100M000100Y44", "云图 通信（深圳）有限公司", "name:云图通信深圳有限公司"}, // the code fails its check
		{"", "云图通信(深圳)有限公司", "name:云图通信深圳有限公司"},
		{"", "", ""},
	} {
		if got := EnterpriseKey(c.uscc, c.name); got != c.want {
			t.Errorf("EnterpriseKey(%q, %q) = %q, want %q", c.uscc, c.name, got, c.want)
		}
	}
	for _, c := range []struct{ name, core, region string }{
		{"深圳市云图通信技术有限公司", "云图通信技术", "440300"},
		{"云图（北京）科技股份有限公司", "云图科技", "110000"},
		{"广东省深圳市云图集团有限公司", "云图", "440300"},
		{"深圳市广州市上海市云图有限公司", "上海市云图", "440100"}, // two places at the most are taken off
	} {
		if core, region := CoreName(codebook.Default(), c.name); core != c.core || region != c.region {
			t.Errorf("CoreName(%q) = %q, %q; want %q, %q", c.name, core, region, c.core, c.region)
		}
	}
}

package campaign

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/survey"
	"github.com/thousand-enterprises/qianqi/internal/trial"
	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// trackedBooks are the workbooks of the tracked sample campaign, of every kind and year, in order.
func trackedBooks(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*/*.xlsx", "*/visits/*.xlsx"} {
		paths, err := filepath.Glob(filepath.Join("../../surveys", pattern))
		if err != nil || len(paths) == 0 {
			t.Fatal("no sample workbooks", err)
		}
		all = append(all, paths...)
	}
	return all
}

// content is all that a file gives to the database.
func (t *taken) content() any {
	return []any{t.kind, t.year, t.visits, t.roster, t.modules, t.results, t.record}
}

// Four bytes flipped anywhere in a workbook of the sample, on its whole way in: the same content, or
// an error that says so; never other answers, never fewer rows in silence.
func TestFlippedBytesGiveTheSameVisitsOrAnIssue(t *testing.T) {
	in, err := openCampaign(t).newIntake(IngestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	d := in.newDesk()
	decode := func(data []byte) *taken {
		got := &taken{file: file{name: "走访.xlsx"}, data: data, sum: sumOf(data)}
		d.decode(context.Background(), got)
		if got.fault != nil {
			t.Fatal(got.fault)
		}
		return got
	}
	rng := rand.New(rand.NewPCG(2026, 4))
	books := trackedBooks(t)
	rng.Shuffle(len(books), func(i, j int) { books[i], books[j] = books[j], books[i] })
	same, refused := 0, 0
	sound := make(map[string]*taken)
	for i := range trial.Rounds(400, 2000) {
		path := books[i%len(books)]
		if sound[path] == nil {
			data, err := os.ReadFile(path)
			must(t, err)
			sound[path] = decode(data)
		}
		want := sound[path]
		bad := bytes.Clone(want.data)
		var at [4]int
		for k := range at {
			at[k] = rng.IntN(len(bad))
			if i%2 == 1 { // where names, sizes and dates stand, which no checksum guards
				at[k] = unguarded(bad, rng)
			}
			bad[at[k]] ^= byte(1 + rng.IntN(255))
		}
		got := decode(bad)
		switch {
		case got.refused() && survey.HasErrors(got.issues):
			refused++
		case reflect.DeepEqual(got.content(), want.content()) && reflect.DeepEqual(got.issues, want.issues):
			same++
		default:
			t.Fatalf("%s with the bytes at %v changed: %d visits for %d, issues %v", path, at, len(got.visits), len(want.visits), codesOf(got.issues))
		}
	}
	if same == 0 || refused == 0 {
		t.Errorf("%d the same, %d refused: the flips miss what they are for", same, refused)
	}
	t.Logf("%d the same, %d refused", same, refused)
}

// unguarded picks a byte of the package's directory.
func unguarded(data []byte, rng *rand.Rand) int {
	first := bytes.Index(data, []byte("PK\x01\x02"))
	return first + rng.IntN(len(data)-first)
}

func codesOf(issues []survey.Issue) string {
	return codes(&FileResult{Issues: issues})
}

// A folder of damaged workbooks among sound ones: what is taken in is what the sound workbooks say.
func TestDamagedWorkbooksInAFolder(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 5))
	files := make(map[string][]byte)
	whole := make(map[string][]byte) // those of them that say the same
	for i, v := range sampleVisits(24) {
		name := "走访-" + string(v.Day) + "-" + string(rune('a'+i)) + ".xlsx"
		files[name] = visitBook(t, workbook.TemplateOptions{}, v)
		if i%3 > 0 {
			whole[name] = files[name]
			continue
		}
		files[name] = bytes.Clone(files[name])
		for at := len(files[name]) / 3; at < len(files[name])/3+4; at++ {
			files[name][at] ^= byte(1 + rng.IntN(255))
		}
	}
	damaged, sound := openCampaign(t), openCampaign(t)
	r := mustIngest(t, damaged, IngestOptions{Paths: []string{writeFiles(t, files)}})
	mustIngest(t, sound, IngestOptions{Paths: []string{writeFiles(t, whole)}})
	if r.Totals.Accepted != len(whole) || r.Totals.Accepted+r.Totals.Rejected != len(files) {
		t.Errorf("%+v of %d files, %d of them sound", r.Totals, len(files), len(whole))
	}
	if a, b := contentKeys(t, damaged), contentKeys(t, sound); a != b {
		t.Error("the folder with damaged workbooks gives another database")
	}
}

// contentKeys are the keys of everything that counts, years and documents.
func contentKeys(t *testing.T, c *Campaign) [4]string {
	t.Helper()
	var keys [4]string
	var err error
	for i, year := range []int{2024, 2025, 2026} {
		if keys[i], err = c.Store.ContentKey(context.Background(), year); err != nil {
			t.Fatal(err)
		}
	}
	if keys[3], err = c.Store.DocumentsKey(context.Background()); err != nil {
		t.Fatal(err)
	}
	return keys
}

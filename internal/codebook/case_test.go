package codebook

import "testing"

func TestFirstLetters(t *testing.T) {
	for _, c := range []struct{ got, want, why string }{
		{LowerFirst("Fault diagnosis"), "fault diagnosis", "mid-sentence"},
		{LowerFirst("IoT networks"), "IoT networks", "a name keeps its capitals"},
		{LowerFirst("HarmonyOS"), "HarmonyOS", "so does this"},
		{LowerFirst(""), "", "nothing to lower"},
		{UpperFirst("fault diagnosis"), "Fault diagnosis", "a sentence begins"},
		{UpperFirst("协议 and more"), "协议 and more", "no case in Chinese"},
		{UpperFirst(""), "", "nothing to raise"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q: %s", c.got, c.want, c.why)
		}
	}
}

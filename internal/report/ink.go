package report

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ink is one colour of the page. Five inks carry one meaning each, everywhere; a shape always
// repeats what the colour says. Charts are built with the light value: the page script and the
// style sheet turn it into the reader's theme.
type ink struct {
	name        string // CSS custom property without the dashes
	light, dark string
}

// Light values, as the chart builders use them. They must stay distinct: the light value is the key.
const (
	inkText   = "#1c2430"
	inkSoft   = "#5a6675"
	inkRule   = "#d9dde3"
	inkPaper  = "#fcfbf8"
	inkDemand = "#0f6b75" // what jobs require
	inkGrad   = "#b8731a" // what graduates show
	inkTaught = "#737e8d" // what the curriculum teaches
	inkGap    = "#a8372c" // a gap, a broken link
	inkOK     = "#2f7d4f" // holds
)

// Ramps for heat maps: dark text stays readable on the strongest light step, and the reverse.
var (
	demandRamp = []string{"#eef4f4", "#d6e7e8", "#b5d5d8", "#8dbfc4", "#66a9b0"}
	gapRamp    = []string{"#e3efe6", "#fbf1ec", "#f5d9d0", "#ebb9ad", "#dc9485"} // first step: no gap
)

var inks = []ink{
	{"ink", inkText, "#e8ebef"},
	{"soft", inkSoft, "#a9b3bf"},
	{"rule", inkRule, "#343c48"},
	{"paper", inkPaper, "#14181e"},
	{"demand", inkDemand, "#52b6bf"},
	{"grad", inkGrad, "#e2a457"},
	{"taught", inkTaught, "#939dab"},
	{"gap", inkGap, "#ee8a7e"},
	{"ok", inkOK, "#6cc28f"},
	{"d0", demandRamp[0], "#1b2528"},
	{"d1", demandRamp[1], "#1d3135"},
	{"d2", demandRamp[2], "#1f4147"},
	{"d3", demandRamp[3], "#22525a"},
	{"d4", demandRamp[4], "#28666f"},
	{"g0", gapRamp[0], "#1c2d24"},
	{"g1", gapRamp[1], "#261f20"},
	{"g2", gapRamp[2], "#40292a"},
	{"g3", gapRamp[3], "#5d3433"},
	{"g4", gapRamp[4], "#7e403b"},
}

// inkCSS declares the inks for both themes and recolours the static charts, whose fills are
// written in light values.
func inkCSS() string {
	var light, dark, fills strings.Builder
	for _, i := range inks {
		fmt.Fprintf(&light, "--%s:%s;", i.name, i.light)
		fmt.Fprintf(&dark, "--%s:%s;", i.name, i.dark)
		fmt.Fprintf(&fills, ".still [fill=\"%s\"]{fill:var(--%s)}.still [stroke=\"%s\"]{stroke:var(--%s)}.m-%s{fill:var(--%s);stroke:var(--%s)}\n",
			i.light, i.name, i.light, i.name, i.name, i.name, i.name)
	}
	return ":root{color-scheme:light;" + light.String() + "}\n" +
		"@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;" + dark.String() + "}}\n" + fills.String()
}

// inkScript is the table light value → custom property for the page script.
func inkScript() string {
	table := make(map[string]string, len(inks))
	for _, i := range inks {
		table[i.light] = "--" + i.name
	}
	b, err := json.Marshal(table)
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(b)
}

package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// option is one chart's tree of settings, in the shapes encoding/json uses.
type option = map[string]any

// typed is the part of a go-echarts chart that is used: it builds the option tree. Its own
// rendering is never called, because that turns uploaded text into script.
type typed interface {
	Validate()
	JSON() map[string]any
}

// hooks are the functions an option may name. The bodies stand in assets/chart.js; a name that is
// not here never reaches a page.
var hooks = map[string]bool{"whisker": true, "cross": true, "hatch": true, "line": true, "rule": true, "words": true,
	"scale": true, "wan": true, "percent": true, "num": true}

// hook stands for a function in an option. with are its settings; colours in light values.
func hook(name string, with option) option {
	h := option{"$hook": name}
	for k, v := range with {
		h[k] = v
	}
	return h
}

// compose turns a typed chart into its option and lays patch over it: the settings go-echarts has
// no field for. Maps merge, lists merge item by item, nil removes.
func compose(c typed, patch option) (option, error) {
	c.Validate()
	raw, err := json.Marshal(c.JSON())
	if err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	o := option{}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	for _, layer := range []option{house, patch} {
		o, _ = merged(o, layer).(option)
	}
	return o, nil
}

// house is what every chart of the report shares.
var house = option{
	"title": nil, "toolbox": nil, "color": nil, "legend": nil,
	"animation":       false,
	"backgroundColor": "transparent",
	"textStyle":       option{"fontFamily": "sans-serif", "color": inkText},
	"tooltip": option{
		"trigger": "item", "renderMode": "richText", "confine": true, "formatter": "{b}",
		"backgroundColor": inkPaper, "borderColor": inkRule, "borderWidth": 1, "padding": []any{8, 12},
		"textStyle": option{"color": inkText, "fontSize": 13, "lineHeight": 20},
	},
}

func merged(base, over any) any {
	switch over := over.(type) {
	case option:
		into, ok := base.(option)
		if !ok {
			into = option{}
		}
		for k, v := range over {
			if v == nil {
				delete(into, k)
				continue
			}
			into[k] = merged(into[k], v)
		}
		return into
	case []any:
		into, _ := base.([]any)
		return mergedList(into, over)
	}
	return over
}

func mergedList(into, over []any) []any {
	for i, v := range over {
		switch {
		case i >= len(into):
			into = append(into, merged(nil, v))
		case v != nil:
			into[i] = merged(into[i], v)
		}
	}
	return into
}

// encode marshals an option for a <script type="application/json"> block. It refuses what could
// become code or a dead chart: the function marker of go-echarts, unknown hooks, NaN and Inf.
func encode(o option) ([]byte, error) {
	if err := checkHooks(o); err != nil {
		return nil, err
	}
	b, err := json.Marshal(o) // escapes <, >, & and U+2028/9; NaN and Inf are errors
	if err != nil {
		return nil, fmt.Errorf("chart option: %w", err)
	}
	if bytes.Contains(b, []byte("__f__")) {
		return nil, errors.New("chart option carries a function marker; name a hook instead")
	}
	return b, nil
}

func checkHooks(v any) error {
	switch v := v.(type) {
	case option:
		if name, is := v["$hook"]; is {
			if s, ok := name.(string); !ok || !hooks[s] {
				return fmt.Errorf("chart option names the unknown hook %v", name)
			}
		}
		for _, item := range v {
			if err := checkHooks(item); err != nil {
				return err
			}
		}
	case []any:
		for _, item := range v {
			if err := checkHooks(item); err != nil {
				return err
			}
		}
	case string:
		if strings.Contains(v, "__f__") {
			return errors.New("chart text carries a function marker; pass it through chartText")
		}
	}
	return nil
}

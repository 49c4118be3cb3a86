"use strict";
// Turns an option from the page into one echarts can draw: hooks become functions, light colours
// become the reader's colours, packed labels become the reader's language. Runs in the browser
// and, for the still pictures, inside the report program itself. ES5 on purpose.
var qianqi = (function () {
  var paints = { color: 1, fill: 1, stroke: 1, leader: 1, halo: 1, textBorderColor: 1, borderColor: 1, backgroundColor: 1 };

  // words unpacks "中文␟English" for a language: zh, en, or both (␞ puts the English on its own
  // line). What stands before ␝ belongs to both.
  function words(s, lang) {
    var shared = s.split("\u001d");
    if (shared.length === 2) return shared[0] + words(shared[1], lang);
    if (lang === "both" && s.indexOf("\n") >= 0 && s.indexOf("\u001e") < 0) lang = "zh"; // a tip: long, in one language
    var beside = s.split("\u001f"), below = s.split("\u001e");
    if (beside.length === 2) {
      return lang === "zh" ? beside[0] : lang === "en" ? beside[1] : beside.join(beside[0].indexOf("\n") < 0 ? " " : "\n");
    }
    if (below.length === 2) {
      return lang === "zh" ? below[0] : lang === "en" ? below[1] : below[0] + "\n{small|" + below[1].split("\n").join("}\n{small|") + "}";
    }
    return s;
  }

  function line(x1, y1, x2, y2, style) {
    return { type: "line", shape: { x1: x1, y1: y1, x2: x2, y2: y2 }, style: style };
  }

  function stroke(o) {
    return { stroke: o.color, lineWidth: o.width || 2, opacity: o.opacity || 1, lineDash: o.dash };
  }

  var hooks = {
    // An interval along x: data [category, low, high].
    whisker: function (o) {
      return function (params, api) {
        var y = api.value(0), a = api.coord([api.value(1), y]), b = api.coord([api.value(2), y]);
        var d = o.dodge || 0, cap = o.cap || 0, s = stroke(o), kids = [line(a[0], a[1] + d, b[0], b[1] + d, s)];
        if (cap) {
          kids.push(line(a[0], a[1] + d - cap, a[0], a[1] + d + cap, s), line(b[0], b[1] + d - cap, b[0], b[1] + d + cap, s));
        }
        return { type: "group", silent: true, children: kids };
      };
    },
    // A cross of two intervals: data [x low, x high, y low, y high, x, y].
    cross: function (o) {
      return function (params, api) {
        var w = api.coord([api.value(0), api.value(5)]), e = api.coord([api.value(1), api.value(5)]);
        var s = api.coord([api.value(4), api.value(2)]), n = api.coord([api.value(4), api.value(3)]);
        return { type: "group", silent: true, children: [line(w[0], w[1], e[0], e[1], stroke(o)), line(s[0], s[1], n[0], n[1], stroke(o))] };
      };
    },
    // A straight line between two points: data [x1, y1, x2, y2].
    line: function (o) {
      return function (params, api) {
        var a = api.coord([api.value(0), api.value(1)]), b = api.coord([api.value(2), api.value(3)]);
        return { type: "group", silent: true, children: [line(a[0], a[1], b[0], b[1], stroke(o))] };
      };
    },
    // A rule across the whole drawing: data [x].
    rule: function (o) {
      return function (params, api) {
        var x = api.coord([api.value(0), 0])[0], box = params.coordSys;
        return { type: "group", silent: true, children: [line(x, box.y, x, box.y + box.height, stroke(o))] };
      };
    },
    // A withheld cell of a heat map: data [column, row]; hatched, so that it cannot be read as a value.
    hatch: function (o) {
      return function (params, api) {
        var c = api.coord([api.value(0), api.value(1)]), size = api.size([1, 1]), w = size[0] - 3, h = size[1] - 3;
        var x = c[0] - w / 2, y = c[1] - h / 2, kids = [], s = stroke(o);
        for (var k = 7; k < w + h; k += 7) {
          kids.push(line(x + Math.max(0, k - h), y + Math.min(k, h), x + Math.min(k, w), y + Math.max(0, k - w), s));
        }
        return { type: "group", silent: true, children: kids };
      };
    },
    // Words at a point: data [x, category], one text each, moved by dx/dy pixels; a leader joins
    // a text that was moved aside with its point.
    words: function (o) {
      return function (params, api) {
        var i = params.dataIndex, at = api.coord([api.value(0), api.value(1)]);
        var dx = o.dxs ? o.dxs[i] : o.dx || 0, dy = o.dys ? o.dys[i] : o.dy || 0;
        var room = o.fit ? params.coordSys.x + params.coordSys.width - at[0] - dx : undefined;
        var text = { type: "text", silent: true, x: at[0] + dx, y: at[1] + dy,
          style: { text: o.texts[i], fill: o.color, fontSize: o.size || 12.5, textAlign: o.aligns ? o.aligns[i] : "left",
            textVerticalAlign: "middle", stroke: o.halo, lineWidth: o.halo ? 3 : 0,
            width: room, overflow: o.fit ? "break" : undefined, lineHeight: 14 } };
        if (!o.leader) return text;
        return { type: "group", silent: true, children: [line(at[0] + 7, at[1], at[0] + dx - 4, at[1] + dy, { stroke: o.leader, lineWidth: 1 }), text] };
      };
    },
    // A scale's own words on an axis; only the digits where the chart is narrow.
    scale: function (o, env) {
      return function (v) {
        var w = o.words[v - 1];
        return w === undefined ? "" : env.narrow ? String(v) : v + " " + w;
      };
    },
    // Yuan as 万元.
    wan: function (o, env) {
      return function (v) { return env.lang === "en" ? v / 1000 + "k" : v / 10000 + " 万"; };
    },
    // A plain number with a true minus sign.
    num: function (o) {
      return function (v) { return v.toFixed(o.digits).replace("-", "\u2212"); };
    },
    // A share as per cent.
    percent: function () {
      return function (v) { return Math.round(v * 100) + "%"; };
    }
  };

  // revive parses an option. env: lang, narrow, paint (light colour → colour shown).
  function revive(json, env) {
    return JSON.parse(json, function (key, v) {
      if (typeof v === "string") {
        return paints[key] === 1 && env.paint ? env.paint(v) : words(v, env.lang);
      }
      if (v && typeof v === "object" && typeof v.$hook === "string") {
        return Object.prototype.hasOwnProperty.call(hooks, v.$hook) ? hooks[v.$hook](v, env) : null;
      }
      return v;
    });
  }

  // still draws an option as SVG text where there is no browser.
  function still(echarts, json, width, height) {
    var chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: width, height: height });
    chart.setOption(revive(json, { lang: "both" }));
    var svg = chart.renderToSVGString();
    chart.dispose();
    return svg;
  }

  return { revive: revive, still: still };
})();

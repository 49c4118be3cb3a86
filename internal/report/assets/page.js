// The page: language, charts that are drawn when they come into view, the look-again table, the
// table of contents. Everything is readable without it.
(function () {
  var root = document.documentElement, query = new URLSearchParams(location.search);
  var lang = { zh: 1, en: 1, both: 1 }[query.get("lang")] ? query.get("lang") : "zh";
  var each = function (selector, f) { Array.prototype.forEach.call(document.querySelectorAll(selector), f); };
  var say = function (pair) { return lang === "en" || pair[0] === pair[1] ? pair[1] : lang === "zh" ? pair[0] : pair[0] + " " + pair[1]; };

  // The address keeps language and filters; links to other pages carry them on.
  function remember(key, value) {
    if (value === null) query.delete(key); else query.set(key, value);
    var q = query.toString();
    try { history.replaceState(null, "", location.pathname + (q ? "?" + q : "") + location.hash); } catch (e) { /* a page from a folder may not */ }
  }
  // kept is the query a link takes along: the language, and to pages of the same kind the filters.
  function kept(file) {
    var on = new URLSearchParams();
    if (lang !== "zh") on.set("lang", lang);
    if (picker && /(^|\/)(index|programme-[\w-]+)\.html$/.test(file)) query.forEach(function (v, k) { if (k !== "lang" && k !== "q") on.set(k, v); });
    var q = on.toString();
    return q && "?" + q;
  }
  function carry() {
    each("a[href]", function (a) {
      var m = /^((?:\.\.\/\d+\/)?[a-zA-Z0-9_.-]+\.html)(\?[^#]*)?(#.*)?$/.exec(a.getAttribute("href"));
      if (m) a.setAttribute("href", m[1] + kept(m[1]) + (m[3] || ""));
    });
  }
  function speak(next) {
    var first = root.dataset.ready !== "1";
    if (next === lang && !first) return;
    lang = next;
    root.dataset.lang = lang;
    root.lang = lang === "en" ? "en" : "zh-CN";
    each(".langs button", function (b) { b.setAttribute("aria-pressed", String(b.dataset.set === lang)); });
    carry();
    redraw();
    explore();
    if (!first) { traced(); if (places) look(); }
  }

  // Charts. The still picture stands there until the chart is in view and echarts has come.
  var drawn = [], loading = null;
  function paint(light) {
    var name = qianqi.inks[light];
    return name ? getComputedStyle(root).getPropertyValue(name).trim() || light : light;
  }
  function library() {
    if (!loading) {
      loading = new Promise(function (ok, fail) {
        var s = document.createElement("script");
        s.src = "assets/echarts.min.js";
        s.onload = function () { window.echarts ? ok(window.echarts) : fail(); };
        s.onerror = fail;
        document.head.appendChild(s);
      });
    }
    return loading;
  }
  function draw(figure) {
    library().then(function (echarts) {
      var live = figure.querySelector(".live"), box = figure.querySelector(".scroll");
      var item = { figure: figure, live: live, text: figure.querySelector(".option").textContent };
      live.style.height = live.dataset.height + "px";
      live.style.width = Math.max(box.clientWidth, +live.dataset.min) + "px";
      live.hidden = false;
      item.chart = echarts.init(live, null, { renderer: "svg", locale: lang === "en" ? "EN" : "ZH" });
      set(item);
      item.chart.on("click", follow);
      figure.querySelector(".still").style.display = "none";
      drawn.push(item);
      root.dataset.drawn = drawn.length;
      if (window.ResizeObserver) new ResizeObserver(function () { fit(item, box); }).observe(box);
    }, function () { root.dataset.undrawn = "echarts"; });
  }
  // follow leads from a drawn figure to its trace. A finger that only wants to read it is left alone.
  function follow(drawn) {
    var how = drawn.data && drawn.data.how, m = how && /^((?:\.\.\/\d+\/)?[\w.-]+\.html)(#[^ ]*)/.exec(how);
    if (m && matchMedia("(hover: hover)").matches) location.href = m[1] + kept(m[1]) + m[2];
  }
  function set(item) {
    var narrow = item.live.clientWidth < 520;
    item.narrow = narrow;
    var option = qianqi.revive(item.text, { lang: lang === "en" ? "en" : narrow ? "zh" : "both", narrow: narrow, paint: paint });
    option.textStyle.fontFamily = getComputedStyle(document.body).fontFamily; // what echarts measures is what it sets
    item.chart.setOption(option, true);
  }
  function fit(item, box) {
    var width = Math.max(box.clientWidth, +item.live.dataset.min);
    if (!box.clientWidth || Math.abs(width - item.live.clientWidth) < 2) return;
    item.live.style.width = width + "px";
    item.chart.resize();
    if (item.narrow !== width < 520) set(item);
  }
  function redraw() { drawn.forEach(set); }
  function watch() {
    if (!window.IntersectionObserver || !window.Promise) return;
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (e) {
        if (!e.isIntersecting) return;
        seen.unobserve(e.target);
        draw(e.target);
      });
    }, { rootMargin: "200px" });
    each("figure.plate", function (f) { seen.observe(f); });
  }

  // Look again: the same table for a part of the sample, or for an earlier year. One part at a time:
  // a choice in one list takes back the choice in another.
  var picker = document.querySelector(".pick"), cuts = null, part = null, year = null, crossed = false;
  function fill(select, pairs, chosen) {
    select.textContent = "";
    pairs.forEach(function (p) {
      var o = document.createElement("option");
      o.value = p[0];
      o.textContent = say(p[1]);
      o.selected = p[0] === chosen;
      select.appendChild(o);
    });
  }
  // begin reads the data and the address, and makes a list for every dimension.
  function begin() {
    cuts = JSON.parse(document.querySelector(".cuts").textContent);
    picker.hidden = false;
    each(".still-note", function (n) { n.hidden = true; });
    picker.onsubmit = function () { return false; };
    var asked = cuts.dims.filter(function (d) { return query.get(d.key) && d.groups.some(function (g) { return g.code === query.get(d.key); }); });
    if (asked.length) part = { dim: asked[0], code: query.get(asked[0].key) };
    crossed = asked.length > 1;
    year = cuts.years.filter(function (y) { return String(y.year) === query.get("year"); })[0] || cuts.years[0];
    cuts.dims.forEach(function (d) { d.select = list(d.key, d.name, function (v) { part = v ? { dim: d, code: v } : null; crossed = false; }); });
    if (cuts.years.length > 1) cuts.select = list("year", ["年份", "year"], function (v) { year = cuts.years.filter(function (y) { return String(y.year) === v; })[0]; });
  }
  function list(key, name, choose) {
    var label = picker.appendChild(node("label")), select;
    label.appendChild(node("span")).dataset.say = JSON.stringify(name);
    label.appendChild(document.createTextNode(" "));
    select = label.appendChild(node("select"));
    select.name = key;
    select.onchange = function () { choose(select.value); explore(); };
    return select;
  }
  function explore() {
    if (!picker) return;
    if (!cuts) begin();
    each(".pick [data-say]", function (n) { n.textContent = say(JSON.parse(n.dataset.say)); });
    cuts.dims.forEach(function (d) {
      var chosen = part && part.dim === d ? part.code : "";
      fill(d.select, [["", ["全部", "all"]]].concat(d.groups.map(function (g) { return [g.code, g.name]; })), chosen);
      remember(d.key, chosen || null);
    });
    if (cuts.select) fill(cuts.select, cuts.years.map(function (y) { return [String(y.year), [String(y.year), String(y.year)]]; }), String(year.year));
    remember("year", year === cuts.years[0] ? null : String(year.year));
    show();
  }
  // reading says in a sentence what the table shows, and what it does not.
  function reading(what, rows) {
    var short = [], shown = 0, answered = 0;
    rows.forEach(function (row, i) {
      var gap = row[2];
      if (gap[0] !== null) shown++;
      if (row.some(function (f) { return f[4] !== "no_data"; })) answered++;
      if (gap[0] !== null && gap[1] !== null && gap[1] > 0) short.push([gap[0], cuts.competencies[i].name]);
    });
    short.sort(function (a, b) { return b[0] - a[0]; });
    var names = function (k) { return short.slice(0, 3).map(function (s) { return s[1][k]; }).join(k ? ", " : "、") + (short.length > 3 ? (k ? " and others" : "等") : ""); };
    var zh = what[0] + "：", en = what[1] + ": ";
    if (!answered) return [zh + "没有作答，不是没有差距。", en + "nothing was answered; that does not mean there is no gap."];
    if (!shown) return [zh + "各项差距都不予公布（企业太少或误差太大），不是没有差距。", en + "every gap is withheld (too few enterprises or too large an error); that does not mean there is none."];
    zh += short.length ? short.length + " 项差距超出误差：" + names(0) : "没有差距超出误差";
    en += short.length ? (short.length === 1 ? "1 gap exceeds its error: " : short.length + " gaps exceed their error: ") + names(1) : "no gap exceeds its error";
    if (shown < rows.length) { zh += "；" + (rows.length - shown) + " 项不予公布"; en += "; " + (rows.length - shown) + " withheld"; }
    return [zh + "。", en + "."];
  }
  function node(tag, text, className) {
    var n = document.createElement(tag);
    if (text !== undefined) n.textContent = text;
    if (className) n.className = className;
    return n;
  }
  function show() {
    var view = document.querySelector(".view"), scroll = node("div", undefined, "scroll"), table = node("table"), head = node("tr");
    var all = year.cells.all || [], rows = part ? year.cells[part.dim.key + "/" + part.code] : year.cells.all;
    var group = part && part.dim.groups.filter(function (g) { return g.code === part.code; })[0];
    var at = " · " + year.year, what = group ? [group.name[0] + at, group.name[1] + at] : [cuts.base[0] + at, cuts.base[1] + at];
    var of = rows && year.year + "/" + (group ? group.domain : cuts.domain) + "/", trace = of && year.trace;
    view.textContent = "";
    if (crossed) view.appendChild(node("p", say(["一次只按一个维度筛选：两个维度交叉的格子企业太少，不公布；这里按" + part.dim.name[0] + "。", "One dimension at a time: cells that cross two hold too few enterprises to publish. Shown here by " + part.dim.name[1] + "."])));
    if (!rows) rows = cuts.competencies.map(function () { return [0, 1, 2].map(function () { return [null, null, null, null, "no_data", null]; }); });
    view.appendChild(node("p", say(reading(what, rows)), "reading"));
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", say(what));
    table.appendChild(node("caption", say(what)));
    [["能力", "Competency"], part ? ["水平 1–5（空心：" + cuts.base[0] + "）", "Level 1–5 (hollow: " + cuts.base[1] + ")"] : ["水平 1–5", "Level 1–5"], ["要求", "Required"], ["毕业生", "Graduates"], ["差距", "Gap"], ["企业", "Enterprises"]].forEach(function (h, i) {
      var th = node("th", say(h), i > 1 ? "n" : i === 1 ? "strip" : "");
      th.scope = "col";
      head.appendChild(th);
    });
    table.appendChild(node("thead")).appendChild(head);
    var body = table.appendChild(node("tbody"));
    rows.forEach(function (row, i) {
      var tr = body.appendChild(node("tr")), th = tr.appendChild(node("th")), a = th.appendChild(node("a", say(cuts.competencies[i].name)));
      th.scope = "row";
      a.href = cuts.competencies[i].href;
      tr.appendChild(node("td", undefined, "strip")).appendChild(strip(row, part ? all[i] : null));
      // cell leads to the trace of measure k, or names the command where that page is not beside this one.
      function cell(text, k, className) {
        var address = of + cuts.competencies[i].id + "/" + cuts.measures[k];
        var n = tr.appendChild(node("td", undefined, "n")).appendChild(node(trace ? "a" : "span", text, (trace ? "how " : "") + className));
        if (trace) n.href = trace + "#" + address; else if (of) n.title = "qianqi trace " + address;
      }
      row.forEach(function (f, k) { cell(figure(f), k, f[0] === null ? "quiet" : k === 2 && f[1] !== null && f[1] > 0 ? "ink-bad" : ""); });
      cell(row[2][3] === null ? "—" : String(row[2][3]), 2, "");
    });
    scroll.appendChild(table);
    view.appendChild(scroll);
    carry();
  }
  function figure(f) {
    if (f[0] === null) return say(cuts.flags[f[4]] || cuts.flags.no_data);
    return f[5];
  }
  // strip draws a row on the five-point scale; behind it, hollow, the whole it is a part of.
  function strip(row, whole) {
    var ns = "http://www.w3.org/2000/svg", svg = document.createElementNS(ns, "svg");
    svg.setAttribute("viewBox", "0 0 200 22");
    svg.setAttribute("aria-hidden", "true");
    function add(tag, attrs, className) {
      var n = document.createElementNS(ns, tag);
      for (var k in attrs) n.setAttribute(k, attrs[k]);
      n.setAttribute("class", className);
      svg.appendChild(n);
    }
    var x = function (v) { return (Math.max(1, Math.min(5, v)) - 1) / 4 * 192 + 4; };
    for (var v = 1; v < 6; v++) add("path", { d: "M" + x(v) + " 0v22", fill: "none" }, "m-rule");
    function mark(k, c, y) { return k ? "M" + c + " " + (y - 5) + "l4 5-4 5-4-5z" : "M" + (c - 4) + " " + y + "a4 4 0 1 0 8 0a4 4 0 1 0-8 0"; }
    [["m-demand", 7], ["m-grad", 15]].forEach(function (m, k) {
      var f = row[k];
      if (whole && whole[k][0] !== null) add("path", { d: mark(k, x(whole[k][0]), m[1]) }, m[0] + " hollow");
      if (f[0] === null) return;
      if (f[1] !== null) add("path", { d: "M" + x(f[1]) + " " + m[1] + "H" + x(f[2]), "stroke-width": 2, opacity: 0.6 }, m[0]);
      add("path", { d: mark(k, x(f[0]), m[1]) }, m[0]);
    });
    return svg;
  }

  // Find across all pages: the box in the header leads to the overview, where the findings, tables,
  // rules and formulas of every page are listed.
  var places = null, hitsShown = 40;
  function find() {
    var box = document.querySelector(".find"), input = box && box.querySelector("input"), seek = document.querySelector(".seek");
    seek.hidden = false;
    seek.onsubmit = function () {
      var word = seek.elements.q.value.trim();
      if (box) { input.value = word; look(); box.scrollIntoView(); input.focus(); } else location.href = "index.html?" + (lang === "zh" ? "" : "lang=" + lang + "&") + "q=" + encodeURIComponent(word) + "#contents";
      return false;
    };
    if (!box) return;
    box.hidden = false;
    input.value = query.get("q") || "";
    input.oninput = look;
    if (input.value) look();
  }
  // look lists the places that hold every word of the box.
  function look() {
    var box = document.querySelector(".find"), found = document.querySelector(".hits"), list = document.querySelector(".pages");
    var typed = box.querySelector("input").value.trim(), wanted = typed.toLowerCase().split(/\s+/);
    places = places || JSON.parse(document.querySelector(".places").textContent);
    remember("q", typed || null);
    var hits = typed ? places.filter(function (p) { var text = p.join("\n").toLowerCase(); return wanted.every(function (w) { return text.indexOf(w) >= 0; }); }) : [];
    found.textContent = "";
    list.hidden = !!typed;
    found.hidden = !typed;
    hits.slice(0, hitsShown).forEach(function (p) {
      var li = found.appendChild(node("li")), a = li.appendChild(node("a", say([p[3], p[4]])));
      a.href = p[0];
      li.appendChild(node("span", say([p[1], p[2]]), "what"));
    });
    box.querySelector(".found").textContent = !typed ? "" : say(hits.length > hitsShown ? [hits.length + " 处，列出前 " + hitsShown + " 处", hits.length + " places, the first " + hitsShown + " listed"] :
      hits.length ? [hits.length + " 处", hits.length === 1 ? "1 place" : hits.length + " places"] : ["没有找到", "nothing found"]);
    carry();
  }

  // On a trace page, the figure that a reader followed: what it is, its formula and its command.
  function traced() {
    var id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch (e) { /* no address of ours: "#100%" */ }
    var td = id && document.getElementById(id);
    each(".traced", function (n) { n.remove(); });
    if (!td || td.tagName !== "TD" || !td.closest) return;
    var row = td.parentNode, head = td.closest("table").tHead.rows[0].cells[td.cellIndex], link = head.querySelector("a");
    var box = node("div", undefined, "traced"), what = box.appendChild(node("p")), how = box.appendChild(node("p"));
    function copy(from, tag) {
      var n = what.appendChild(node(tag));
      Array.prototype.forEach.call(from.childNodes, function (c) { if (c.className !== "anchor") n.appendChild(c.cloneNode(true)); });
    }
    copy(td.closest("section").querySelector("h2"), "b");
    copy(link || head, "span");
    copy(row.cells[0], "span");
    copy(td, "b");
    if (link) {
      var formula = how.appendChild(node("a", say(["公式", "formula"])));
      formula.href = link.getAttribute("href");
      how.appendChild(document.createTextNode(" · "));
    }
    how.appendChild(node("code", "qianqi trace " + id));
    var close = box.appendChild(node("button", "×"));
    close.type = "button";
    close.setAttribute("aria-label", "关闭 close");
    close.onclick = function () { box.remove(); };
    box.setAttribute("role", "status");
    document.querySelector("main").appendChild(box);
    carry();
  }

  each(".langs", function (l) { l.hidden = false; });
  each(".langs button", function (b) {
    b.onclick = function () { remember("lang", b.dataset.set === "zh" ? null : b.dataset.set); speak(b.dataset.set); };
  });
  speak(lang);
  find();
  traced();
  window.addEventListener("hashchange", traced);
  watch();
  var dark = window.matchMedia && matchMedia("(prefers-color-scheme: dark)");
  if (dark && dark.addEventListener) dark.addEventListener("change", redraw);
  root.dataset.ready = "1";
})();

// The page: language, charts that are drawn when they come into view, the look-again table, the
// table of contents. Everything is readable without it.
(function () {
  var root = document.documentElement, query = new URLSearchParams(location.search);
  var lang = { zh: 1, en: 1, both: 1 }[query.get("lang")] ? query.get("lang") : "zh";
  var each = function (selector, f) { Array.prototype.forEach.call(document.querySelectorAll(selector), f); };
  var say = function (pair) { return lang === "en" || pair[0] === pair[1] ? pair[1] : lang === "zh" ? pair[0] : pair[0] + " " + pair[1]; };

  // The address keeps language and filters; links to other pages carry the language on.
  function remember(key, value) {
    if (value === null) query.delete(key); else query.set(key, value);
    var q = query.toString();
    try { history.replaceState(null, "", location.pathname + (q ? "?" + q : "") + location.hash); } catch (e) { /* a page from a folder may not */ }
  }
  function carry() {
    each("a[href]", function (a) {
      var m = /^((?:\.\.\/\d+\/)?[a-zA-Z0-9_.-]+\.html)(\?[^#]*)?(#.*)?$/.exec(a.getAttribute("href"));
      if (m) a.setAttribute("href", m[1] + (lang === "zh" ? "" : "?lang=" + lang) + (m[3] || ""));
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
    if (!first) traced();
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
      figure.querySelector(".still").style.display = "none";
      drawn.push(item);
      root.dataset.drawn = drawn.length;
      if (window.ResizeObserver) new ResizeObserver(function () { fit(item, box); }).observe(box);
    }, function () { root.dataset.undrawn = "echarts"; });
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

  // Look again: the same table for another cut of the sample.
  var picker = document.querySelector(".pick"), cuts = null, by = query.get("by") || "all", of = query.get("of") || "";
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
  function explore() {
    if (!picker) return;
    if (!cuts) {
      cuts = JSON.parse(document.querySelector(".cuts").textContent);
      picker.hidden = false;
      each(".still-note", function (n) { n.hidden = true; });
      picker.by.onchange = function () { by = picker.by.value; of = ""; explore(); };
      picker.of.onchange = function () { of = picker.of.value; explore(); };
      picker.onsubmit = function () { return false; };
    }
    var dims = [], inDim = cuts.cuts.filter(function (c) { return c.by === by; });
    cuts.cuts.forEach(function (c) { if (!dims.some(function (d) { return d[0] === c.by; })) dims.push([c.by, c.dim]); });
    if (!inDim.length) { by = "all"; inDim = [cuts.cuts[0]]; }
    var cut = inDim.filter(function (c) { return c.of === of; })[0] || inDim[0];
    of = cut.of;
    fill(picker.by, dims, by);
    fill(picker.of, inDim.map(function (c) { return [c.of, c.name]; }), of);
    remember("by", by === "all" ? null : by);
    remember("of", by === "all" ? null : of);
    show(cut);
  }
  function node(tag, text, className) {
    var n = document.createElement(tag);
    if (text !== undefined) n.textContent = text;
    if (className) n.className = className;
    return n;
  }
  function show(cut) {
    var view = document.querySelector(".view"), scroll = node("div", undefined, "scroll"), table = node("table"), head = node("tr");
    view.textContent = "";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", say(cut.name));
    table.appendChild(node("caption", say(cut.dim) + (lang === "en" ? ": " : "：") + say(cut.name)));
    [["能力", "Competency"], ["水平 1–5", "Level 1–5"], ["要求", "Required"], ["毕业生", "Graduates"], ["差距", "Gap"], ["企业", "Enterprises"]].forEach(function (h, i) {
      var th = node("th", say(h), i > 1 ? "n" : i === 1 ? "strip" : "");
      th.scope = "col";
      head.appendChild(th);
    });
    table.appendChild(node("thead")).appendChild(head);
    var body = table.appendChild(node("tbody"));
    cut.rows.forEach(function (row, i) {
      var tr = body.appendChild(node("tr")), th = tr.appendChild(node("th")), a = th.appendChild(node("a", say(cuts.competencies[i].name)));
      th.scope = "row";
      a.href = cuts.competencies[i].href;
      tr.appendChild(node("td", undefined, "strip")).appendChild(strip(row));
      row.forEach(function (f, k) {
        var td = tr.appendChild(node("td", undefined, "n")), short = k === 2 && f[1] !== null && f[1] > 0;
        td.appendChild(node("span", figure(f), f[0] === null ? "quiet" : short ? "ink-bad" : ""));
      });
      tr.appendChild(node("td", row[2][3] === null ? "—" : String(row[2][3]), "n"));
    });
    scroll.appendChild(table);
    view.appendChild(scroll);
    carry();
  }
  function figure(f) {
    if (f[0] === null) return say(cuts.flags[f[4]] || cuts.flags.no_data);
    var s = f[0].toFixed(2).replace("-", "\u2212");
    return f[1] === null ? s : s + " ± " + ((f[2] - f[1]) / 2).toFixed(2);
  }
  function strip(row) {
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
    [["m-demand", 7], ["m-grad", 15]].forEach(function (m, k) {
      var f = row[k], c = x(f[0]);
      if (f[0] === null) return;
      if (f[1] !== null) add("path", { d: "M" + x(f[1]) + " " + m[1] + "H" + x(f[2]), "stroke-width": 2, opacity: 0.6 }, m[0]);
      add("path", { d: k ? "M" + c + " " + (m[1] - 5) + "l4 5-4 5-4-5z" : "M" + (c - 4) + " " + m[1] + "a4 4 0 1 0 8 0a4 4 0 1 0-8 0" }, m[0]);
    });
    return svg;
  }

  // Find in the table of contents.
  function find() {
    var box = document.querySelector(".find"), input = box && box.querySelector("input");
    if (!box) return;
    box.hidden = false;
    input.oninput = function () {
      var word = input.value.trim().toLowerCase(), hits = 0;
      each(".pages li", function (li) {
        var hit = li.textContent.toLowerCase().indexOf(word) >= 0;
        li.hidden = !hit;
        if (hit && !li.querySelector("ul")) hits++;
      });
      box.querySelector(".found").textContent = word ? String(hits) : "";
    };
  }

  // On a trace page, the figure that a reader followed: what it is, its formula and its command.
  function traced() {
    var id = decodeURIComponent(location.hash.slice(1)), td = id && document.getElementById(id);
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

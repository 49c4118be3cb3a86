// Package web is the browser's way in: faculty hand in visits and read what is wrong with them,
// the office sees the campaign, the committee reads and decides, the administrator keeps order.
//
// A request's way: server.go bounds it in size and time, guard.go finds out who asks and holds
// it against the one table of routes (routes.go), a handler asks campaign for what it needs and
// hands plain values to a page (page.go, templates/). Nothing here knows a file format, a
// statement of SQL or a formula; what the command line does and what a page does is the same
// call of campaign.
//
// What keeps it safe, and where: who may ask what in routes.go, sessions in session.go, sign-in
// and its throttle in signin.go and throttle.go, uploads in upload.go and limits.go, headers in
// server.go. Every page works without a script; static/web.js only saves clicks.
package web

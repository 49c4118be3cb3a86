// Package internal is the map of the house. Every room is one folder below this one; no room
// has rooms of its own. layout_test.go in this folder enforces what this page says.
//
//	        cmd/qianqi ──────────► web
//	             │                  │
//	             ▼                  ▼
//	          campaign ◄────────────┘         entries talk to campaign only
//	    ┌────────┼─────────┐
//	workbook   store    report                edges never import one another
//	    └────────┼─────────┘
//	 gap ─► demand, curriculum ─► survey ─► codebook;   estimate stands alone
//	 sample ─► curriculum, survey, codebook
//
// Meaning (values in, values out, no IO):
//
//	codebook    the instrument: competencies, anchors, vocabularies, forms, rules; loaded from data
//	survey      one validated visit, and every issue found on the way to it
//	estimate    design-based survey estimation on plain slices; knows nothing of visits
//	curriculum  what a programme teaches and certifies; outcomes, proposals, decisions
//	demand      what enterprises ask for, by competency and domain, with base and error
//	gap         demand minus curriculum and minus graduates: classified, ranked, traced
//	sample      invented campaigns of any size, byte for byte reproducible
//
// Edges (one outside format each):
//
//	workbook    xlsx and csv ⇄ addressed cells; templates and annotated returns
//	store       the SQLite file and the originals beside it
//	report      charts, pages, exports; self-contained offline HTML
//
// Joints:
//
//	campaign    one survey round: take in, compute, publish; the only room that joins edges
//	web         upload, feedback, progress, reports, accounts over HTTP
//
// Beside the house, for its tests alone:
//
//	trial       how often tests try a thing, and how long they wait for it
//	chromium    the real browser that tests open pages in
//
// cmd/qianqi turns flags into campaign calls and errors into exit codes. Its estimate command
// also calls the room estimate directly, since it serves any CSV and touches no campaign.
package internal

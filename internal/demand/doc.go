// Package demand says what enterprises ask for, by competency and domain, each figure with
// its base, its error and its quality.
//
// A Sample is one year's visits as columns in memory; ApplyFrame gives its enterprises their
// strata and weights; Tabulate turns it into a Table of figures for every domain. Variances
// come from Taylor linearisation clustered on the enterprise (the primary sampling unit), with
// the strata and the finite-population correction of the frame where one is loaded. The
// enterprise is also the unit of confidentiality: a table withholds what would show one, and
// whatever would let that be computed from the rest (see protect.go, narrow.go for what two bases
// leave between them, and several.go for what several reports on a year tell together). A View gives the same
// estimates one at a time, with their influences (Linear), resampled (Bootstrap), and traced
// to the jobs behind them (Contributions).
package demand

// Package demand says what enterprises ask for, by competency and domain, each figure with
// its base, its error and its quality.
//
// A Sample is one year's visits as columns in memory; Tabulate turns it into a Table of
// figures for every domain. Variances come from Taylor linearisation clustered on the
// enterprise (the primary sampling unit), with the strata and the finite-population
// correction of the frame where one is loaded. Nothing here withholds figures for
// confidentiality alone: disclosure control needs the whole table and is applied by
// Table.Protect before anything is shown.
package demand

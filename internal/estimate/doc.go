// Package estimate makes design-based survey estimates on plain slices. It
// knows rows, weights, strata and sampling units, and nothing of what they
// stand for. This comment is its manual.
//
// # From a sample to an estimate
//
// A [Sample] describes how the rows were drawn, one entry per row. [NewDesign]
// checks it, names the row at fault in an [InputError], and prepares a [Design]
// once; every estimate then costs one or two passes over the rows asked for.
//
//	d, err := estimate.NewDesign(estimate.Sample{
//		Weight: w, Strata: stratum, PSU: enterprise, FPC: enterprisesInStratum,
//		Lonely: estimate.LonelyAdjust,
//	})
//	e := d.Mean(required, estimate.All())            // value, SE, interval, DEFF, base
//	byFamily := estimate.Split(family, families)     // one Domain per group
//	gap := d.Product(d.LineariseMean(gap, byFamily[0]), d.LineariseMean(importance, byFamily[0]))
//	boot, err := d.Bootstrap(1000, seed)             // replicate weights
//	reps := boot.Means(byFamily[0], columns...)      // [column][replicate]
//
// NaN in a column is a missing answer. The row stays in the design with score
// zero, as do the rows outside a [Domain]; neither is dropped, because the
// number of units a subgroup has is itself random. Missing is never zero: what
// cannot be estimated is NaN in the [Estimate], and its [Reason] says why.
//
// # Formulas
//
// Write w for weights and sums over the rows that answered. Every estimate θ
// has an influence u for each row, and its variance is that of the total of
// z = w·u ([Linearised] holds both):
//
//	total      Y = Σwy                  u = y
//	mean       ȳ = Σwy/Σw               u = (y − ȳ)/Σw
//	ratio      R = Σwy/Σwx              u = (y − R·x)/Σwx
//	function   f(θ₁, θ₂ …)              u = Σ ∂f/∂θₖ·uₖ          (delta method, [Design.Smooth])
//
// The variance of a total, over strata h with n of N units sampled, z summed
// per unit (Särndal, Swensson & Wretman 1992, results 4.3.1 and 4.3.2; Lumley
// 2010, §2 and §3):
//
//	V = Σh (1 − n/N)·n/(n−1)·Σ(z − z̄)²  +  Σh n/N·Σ(units) V₂
//
// V₂ is the same expression for the subunits inside a unit. Without population
// sizes the first term alone holds the variance of all stages.
//
// A stratum with one unit has no variance of its own. The rule is a choice that
// has to be shown with the results ([Lonely]); a unit that is its whole stratum
// by its population size is not lonely.
//
// Intervals are θ ± t·SE with the degrees of freedom of the design, units −
// strata (or of the domain: [DF]). Shares have the interval of their logit,
// log p/(1−p) ± t·SE/(p(1−p)), carried back (R: svyciprop, method "logit");
// a share of 0 or 1 has the exact binomial bound for as many trials as units
// (Korn & Graubard 1999, §2.3). Quantiles have Woodruff's interval (Woodruff
// 1952; Särndal et al. §5.11).
//
// The design effect is the variance over that of a simple random sample of as
// many rows (Kish 1965, §8.2): S²/n·(1 − n/N̂) for DEFF, S²/n for DEFFReplace,
// with S² the weighted variance of the scores and N̂ = Σw. Kish's effective size
// (Σw)²/Σw² is [Design.KishEffective].
//
// # Calibration
//
// [Design.PostStratify] and [Design.Rake] fit the weights to known totals. The
// variance is that of residuals: u less its mean within the post-stratum, or
// less its additive fit on all margins (Särndal et al. §7.6; Deville & Särndal
// 1992). As in R, the fit of a single margin is weighted by the weights before
// calibration, that of several margins is not weighted. Raking runs to rounding
// error; R stops after ten rounds unless told otherwise.
//
// # Replicates
//
// [Design.JK1] and [Design.JKn] leave out one unit at a time, [Design.Bootstrap]
// is the rescaled bootstrap of Rao & Wu (1988): n−1 of a stratum's n units drawn
// with replacement, and a unit drawn m times weighted by
//
//	1 − c + c·m·n/(n−1),  c = √(1 − n/N)
//
// so that the variance of a total is the one above. The variance is the scaled
// sum of squares around the replicates' mean (R: mse = FALSE). Means cost the
// number of units, not of rows, per replicate; seeds are per stratum, and
// results do not depend on the number of cores.
//
// # Beyond the sample
//
//   - [MannKendall]: Theil–Sen slope with Sen's (1968) interval, Mann's (1945)
//     test with the tie correction of Kendall (1970); exact up to ten points.
//   - [KendallTauB]: agreement of two rankings; [RankIntervals]: percentile
//     intervals of ranks over bootstrap replicates.
//   - [BenjaminiHochberg] (1995): adjusted p values; [Estimate.PValue].
//   - [KrippendorffAlpha] (Krippendorff 2011): 1 − D/E, observed over expected
//     squared distance between ratings of the same unit; also [CohenKappa],
//     [FleissKappa], [IntraclassCorrelation].
//   - [Concentrate]: top share, Herfindahl–Hirschman index Σs²·10⁴, effective
//     number 1/Σs².
//   - [Wilson], [WilsonContinuity], [ClopperPearson], [Newcombe],
//     [MarginOfError]: for plain counts.
//   - [Withhold]: cells of few or dominated by one, with companions so that no
//     subtraction gives them back (Hundepool et al. 2012, §4).
//
// # Bad input
//
//	a stratum with one unit            the rule in Sample.Lonely; LonelyFail (the default) names a row
//	all strata seen have one unit      SE NaN, LonelyStrata
//	a domain without rows or answers   everything NaN, NoAnswers
//	answers from one unit only         a mean has SE NaN, OnePSU
//	weight zero, negative, NaN         FaultWeight with the row: rows outside the sample do not belong in it
//	FPC below the units sampled        FaultFPCSmall with the row
//	FPC that varies in a stratum       FaultFPCVaries with the row
//	all answers equal                  SE 0 by the data, AllEqual
//	NaN in a column                    a missing answer
//	a ratio over zero                  NaN, ZeroDenominator
//	one year in a trend                NaN throughout
//	margins without sample, clashing   FaultMargin, FaultMargins, FaultConvergence
//
// # Agreement
//
// The tests hold the engine to R 4.2 with survey 4.1 within 1e-8 relative (values,
// standard errors, intervals, design effects, covariances), to the figures that
// R survey prints in its own tests, and to the published examples named there.
// One rule follows later versions: under LonelyAdjust the centre is the mean
// over all units also for totals (survey 4.2 and later), not zero.
//
// # Sources
//
// Benjamini & Hochberg 1995, J. R. Stat. Soc. B 57: 289. Deming & Stephan 1940,
// Ann. Math. Stat. 11: 427. Deville & Särndal 1992, J. Am. Stat. Assoc. 87: 376.
// Hundepool et al. 2012, Statistical Disclosure Control, Wiley. Kendall 1970, Rank
// Correlation Methods. Kish 1965, Survey Sampling, Wiley. Korn & Graubard 1999,
// Analysis of Health Surveys, Wiley. Krippendorff 2011, Computing Krippendorff's
// Alpha-Reliability. Lumley 2010, Complex Surveys, Wiley. Mann 1945, Econometrica
// 13: 245. Newcombe 1998, Stat. Med. 17: 857 and 873. Rao & Wu 1988, J. Am. Stat.
// Assoc. 83: 231. Särndal, Swensson & Wretman 1992, Model Assisted Survey Sampling,
// Springer. Sen 1968, J. Am. Stat. Assoc. 63: 1379. Shrout & Fleiss 1979, Psychol.
// Bull. 86: 420. Woodruff 1952, J. Am. Stat. Assoc. 47: 635.
package estimate

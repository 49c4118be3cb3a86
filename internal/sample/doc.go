// Package sample invents survey campaigns of any size: rosters, visits, curriculum, outcomes and
// decisions of a college and enterprises that do not exist. The same codebook, options and seed give
// the same campaign, value for value, whatever the order in which its parts are asked for.
//
// Ratings come from a latent model (see model): means by job family, programme and year, enterprise
// effects that persist over the years, noise, rounding. Over 2024 to 2026 the numbers tell a story:
// one gap that a decision closes, one that a decision does not, one that narrows by itself.
//
// Job titles, salary ranges and cities follow real postings (data/postings.yaml says which and under
// what licence). Enterprises are invented: each name carries 示例 and each credit code the prefix
// 91990000QQ, whose division code no place has.
package sample

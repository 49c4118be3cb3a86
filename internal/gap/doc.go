// Package gap is demand minus curriculum and minus graduates: classified, ranked by several
// methods that are always shown together, and traced round the loop of jobs, courses,
// competitions, certifications and decisions.
//
// Analyze returns an Analysis, the root value a report is made from. Everything in it has
// passed disclosure control: a page that shows all of it shows nothing that may not be shown.
package gap

// Package survey is one validated visit, and every issue found on the way to it.
package survey

// Package estimate makes design-based survey estimates on plain slices.
package estimate

package estimate

// calibration holds what the variance of a calibrated estimate needs.
type calibration struct{}

func (c *calibration) residuals(l Linearised, unit []float64) {}

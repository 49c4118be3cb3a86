package demand

import (
	"math"
	"sync"
)

// StudentTail is the two-sided probability that |T| exceeds |t| with df degrees of freedom:
// the regularised incomplete beta function at df/(df + t²).
func StudentTail(t, df float64) float64 {
	if !(df > 0) || t != t {
		return math.NaN()
	}
	return incompleteBeta(df/(df+t*t), df/2, 0.5)
}

// studentBound is the t with StudentTail(t, df) = 0.05: the half width of a 95 % interval in
// standard errors. NaN below one degree of freedom.
func studentBound(df float64) float64 {
	if !(df >= 1) {
		return math.NaN()
	}
	if t, ok := bounds.Load(df); ok {
		return t.(float64)
	}
	lo, hi := 1.9, 13.0 // 12.706 at one degree of freedom
	for range 60 {
		mid := (lo + hi) / 2
		if StudentTail(mid, df) > 0.05 {
			lo = mid
		} else {
			hi = mid
		}
	}
	t := (lo + hi) / 2
	bounds.Store(df, t)
	return t
}

var bounds sync.Map // degrees of freedom → bound; a pure function remembered

// incompleteBeta is I_x(a, b) by its continued fraction (modified Lentz), on the side where
// that converges fast.
func incompleteBeta(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - incompleteBeta(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	return front * betaFraction(x, a, b) / a
}

func betaFraction(x, a, b float64) float64 {
	const tiny = 1e-300
	floor := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/floor(1-(a+b)*x/(a+1))
	h := d
	for i := 1; i <= 500; i++ {
		m := float64(i)
		for _, e := range [2]float64{
			m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m)),
			-(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1)),
		} {
			d = 1 / floor(1+e*d)
			c = floor(1 + e/c)
			h *= d * c
		}
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return h
}

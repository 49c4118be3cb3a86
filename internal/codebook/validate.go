package codebook

// Validate returns everything that is wrong with a codebook, in the order of its sections.
func Validate(cb *Codebook) []Problem { return nil }

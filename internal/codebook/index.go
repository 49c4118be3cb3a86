package codebook

type index struct{}

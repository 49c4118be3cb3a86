package web

// live keeps the reports of all years in memory, made anew when what they rest on has changed.
type live struct{ s *Server }

func newLive(s *Server) *live { return &live{s} }

package survey

import (
	"math"
	"slices"
)

// pairs numbers the pairs of neighbouring characters that occur in known names.
type pairs map[uint64]uint32

// noPair stands for a pair that no known name has.
const noPair = math.MaxUint32

// of is the numbers of a text's pairs, ascending; of a known one every pair gets a number.
func (p pairs) of(text string, known bool) []uint32 {
	grams := bigrams(text)
	out := make([]uint32, len(grams))
	for i, gram := range grams {
		n, ok := p[gram]
		switch {
		case !ok && known:
			n = uint32(len(p))
			p[gram] = n
		case !ok:
			n = noPair
		}
		out[i] = n
	}
	slices.Sort(out)
	return out
}

// postings are the pairs of every name and the names of every pair, each in one list: hundreds of
// thousands of small lists would take several times the memory.
type postings struct {
	pairs []uint32 // of all names, one name's after the other's
	ends  []uint32 // by name: where its pairs end
	names []int32  // of all pairs, one pair's after the other's, each ascending
	from  []uint32 // by pair: where its names begin, and at last where all end
}

// add takes the pairs of the next name, ascending.
func (p *postings) add(pairs []uint32) {
	p.pairs = append(p.pairs, pairs...)
	p.ends = append(p.ends, uint32(len(p.pairs)))
}

// index finds the names of n pairs, once all names are added.
func (p *postings) index(n int) {
	p.from = make([]uint32, n+1)
	p.eachOnce(func(_ int, pair uint32) { p.from[pair+1]++ })
	for i := range n {
		p.from[i+1] += p.from[i]
	}
	p.names = make([]int32, p.from[n])
	next := slices.Clone(p.from)
	p.eachOnce(func(name int, pair uint32) {
		p.names[next[pair]] = int32(name)
		next[pair]++
	})
}

// eachOnce calls f for every name with each of its pairs once.
func (p *postings) eachOnce(f func(name int, pair uint32)) {
	for name := range p.ends {
		last := uint32(noPair)
		for _, pair := range p.of(name) {
			if pair != last {
				f(name, pair)
			}
			last = pair
		}
	}
}

// of is the pairs of a name, ascending.
func (p *postings) of(name int) []uint32 {
	begin := uint32(0)
	if name > 0 {
		begin = p.ends[name-1]
	}
	return p.pairs[begin:p.ends[name]]
}

// having is the names that have a pair, ascending.
func (p *postings) having(pair uint32) []int32 {
	if pair == noPair {
		return nil
	}
	return p.names[p.from[pair]:p.from[pair+1]]
}

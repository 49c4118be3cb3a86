package demand

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// list is a set of cells of one level, at most one per enterprise.
type list struct {
	level level
	cells []int32
}

// equation says that a domain is the sum of its parts: what a reader can subtract. Numbers
// below the count of domains are domains; those above are the rest that belongs to no part
// (jobs without a code), which is never published.
type equation struct {
	whole int32
	parts []int32
}

// builder forms the domains, the rests and the equations between them.
type builder struct {
	d       *dimensions
	c       *cells
	domains []Domain
	lists   []list
	rests   []list
	sums    []equation
}

// way is an attribute that forms domains: of the job or of its enterprise.
type way struct {
	codes  codes
	one    level // cells of the one-way domains
	two    level // cells of the domains crossed with the programme
	of     func(l level, cell int32) int32
	domain func(code string) Domain
}

func (b *builder) ways() []way {
	d, c := b.d, b.c
	enterprise := func(of []int32) func(level, int32) int32 {
		return func(l level, cell int32) int32 { return of[c.owner[l][cell]] }
	}
	return []way{
		{d.family, byFamily, byBoth, func(l level, cell int32) int32 { return c.fam[l][cell] },
			func(code string) Domain { return Domain{Family: codebook.FamilyID(code)} }},
		{d.industry, byEnterprise, byProgramme, enterprise(d.entIndustry), func(code string) Domain { return Domain{Industry: code} }},
		{d.size, byEnterprise, byProgramme, enterprise(d.entSize), func(code string) Domain { return Domain{Size: code} }},
		{d.region, byEnterprise, byProgramme, enterprise(d.entRegion), func(code string) Domain { return Domain{Region: code} }},
	}
}

// build forms every domain: overall, one way, and programme crossed with the others.
func (b *builder) build() {
	everyone := make([]int32, len(b.c.owner[byEnterprise]))
	for i := range everyone {
		everyone[i] = int32(i)
	}
	all := b.add(Domain{}, list{byEnterprise, everyone})
	programmes := b.oneWay(all, b.d.programme, byProgramme, func(_ level, cell int32) int32 { return b.c.prog[byProgramme][cell] },
		func(code string) Domain { return Domain{Programme: codebook.ProgrammeID(code)} })
	ways := b.ways()
	single := make([][]int32, len(ways))
	for i, w := range ways {
		single[i] = b.oneWay(all, w.codes, w.one, w.of, w.domain)
	}
	for i, w := range ways {
		b.twoWay(w, programmes, single[i])
	}
	for i := range b.sums {
		b.sums[i].number(len(b.domains))
	}
}

// add makes a domain and returns its number.
func (b *builder) add(d Domain, l list) int32 {
	b.domains, b.lists = append(b.domains, d), append(b.lists, l)
	return int32(len(b.domains) - 1)
}

// rest keeps cells that belong to no domain; its number is negative until all domains are known.
func (b *builder) rest(l list) int32 {
	b.rests = append(b.rests, l)
	return int32(-len(b.rests))
}

// number replaces the provisional numbers of rests.
func (e *equation) number(domains int) {
	for i, p := range e.parts {
		if p < 0 {
			e.parts[i] = int32(domains) - 1 - p
		}
	}
}

// oneWay splits the whole sample and returns the number of each part.
func (b *builder) oneWay(whole int32, by codes, l level, of func(level, int32) int32, domain func(string) Domain) []int32 {
	n := len(by.list)
	sets := make([][]int32, n+1)
	for i := range b.c.owner[l] {
		k := of(l, int32(i))
		if k < 0 {
			k = int32(n)
		}
		sets[k] = append(sets[k], int32(i))
	}
	parts := make([]int32, n, n+1)
	for k := range n {
		parts[k] = b.add(domain(by.list[k]), list{l, sets[k]})
	}
	sum := equation{whole: whole, parts: append([]int32(nil), parts...)}
	if len(sets[n]) > 0 {
		sum.parts = append(sum.parts, b.rest(list{l, sets[n]}))
	}
	b.sums = append(b.sums, sum)
	return parts
}

// twoWay crosses an attribute with the programme. Combinations that do not occur are left out.
func (b *builder) twoWay(w way, programmes, singles []int32) {
	np, n := len(programmes), len(singles)
	sets := b.cross(w, np, n)
	rows, columns := make([][]int32, np), make([][]int32, n)
	for at, set := range sets {
		p, k := at/(n+1), at%(n+1)
		if len(set) == 0 || p == np && k == n {
			continue
		}
		var id int32
		if p < np && k < n {
			d := w.domain(w.codes.list[k])
			d.Programme = codebook.ProgrammeID(b.d.programme.list[p])
			id = b.add(d, list{w.two, set})
		} else {
			id = b.rest(list{w.two, set})
		}
		if p < np {
			rows[p] = append(rows[p], id)
		}
		if k < n {
			columns[k] = append(columns[k], id)
		}
	}
	b.balance(programmes, rows)
	b.balance(singles, columns)
}

// cross sorts cells by programme and attribute; the last row and column hold those without.
func (b *builder) cross(w way, np, n int) [][]int32 {
	sets := make([][]int32, (np+1)*(n+1))
	for i := range b.c.owner[w.two] {
		p, k := b.c.prog[w.two][i], w.of(w.two, int32(i))
		if p < 0 {
			p = int32(np)
		}
		if k < 0 {
			k = int32(n)
		}
		at := int(p)*(n+1) + int(k)
		sets[at] = append(sets[at], int32(i))
	}
	return sets
}

func (b *builder) balance(wholes []int32, parts [][]int32) {
	for i, whole := range wholes {
		if len(parts[i]) > 0 {
			b.sums = append(b.sums, equation{whole, parts[i]})
		}
	}
}

// members says which domains and rests each cell of a level belongs to.
type members struct {
	width int
	nodes []int32 // width for each cell
}

func (m members) of(cell int) []int32 { return m.nodes[cell*m.width : (cell+1)*m.width] }

// join turns the lists of cells into the lists of each cell. Every cell of a level belongs to
// equally many.
func (c *cells) join(lists []list) {
	var total [levels]int
	for _, l := range lists {
		total[l.level] += len(l.cells)
	}
	var seen [levels][]int
	for l := range levels {
		n := len(c.owner[l])
		c.in[l] = members{width: total[l] / max(n, 1), nodes: make([]int32, total[l])}
		seen[l] = make([]int, n)
	}
	for n, l := range lists {
		in := c.in[l.level]
		for _, i := range l.cells {
			in.nodes[int(i)*in.width+seen[l.level][i]] = int32(n)
			seen[l.level][i]++
		}
	}
}

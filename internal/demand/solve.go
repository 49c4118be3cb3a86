package demand

// field is the prime by which the linear systems are solved: their coefficients are 0, 1 and
// −1, and arithmetic by a prime is exact where fractions would grow.
const field = 1<<31 - 1

// determined lists the unknown cells that follow from the known ones: those with a row of
// their own in the reduced system of all sums.
func determined(sums []equation, unknown func(int32) bool) []int32 {
	column := make(map[int32]int)
	var cells []int32
	at := func(n int32) int {
		c, ok := column[n]
		if !ok {
			c = len(cells)
			column[n], cells = c, append(cells, n)
		}
		return c
	}
	var rows []map[int]int64
	for _, s := range sums {
		row := make(map[int]int64)
		if unknown(s.whole) {
			row[at(s.whole)] = field - 1
		}
		for _, p := range s.parts {
			if unknown(p) {
				row[at(p)] = 1
			}
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return lonely(reduce(rows, len(cells)), cells)
}

// lonely lists the cells that stand alone in a row.
func lonely(rows []map[int]int64, cells []int32) []int32 {
	var out []int32
	for _, row := range rows {
		if len(row) == 1 {
			for c := range row {
				out = append(out, cells[c])
			}
		}
	}
	return out
}

// reduce brings the rows to reduced echelon form, sparsely.
func reduce(rows []map[int]int64, columns int) []map[int]int64 {
	done := 0
	for c := 0; c < columns && done < len(rows); c++ {
		pivot := -1
		for r := done; r < len(rows); r++ {
			if rows[r][c] != 0 && (pivot < 0 || len(rows[r]) < len(rows[pivot])) {
				pivot = r
			}
		}
		if pivot < 0 {
			continue
		}
		rows[done], rows[pivot] = rows[pivot], rows[done]
		scale(rows[done], inverse(rows[done][c]))
		for r := range rows {
			if f := rows[r][c]; r != done && f != 0 {
				subtract(rows[r], rows[done], f)
			}
		}
		done++
	}
	return rows[:done]
}

func scale(row map[int]int64, by int64) {
	for c, v := range row {
		row[c] = v * by % field
	}
}

// subtract takes f times the pivot row from a row; zeros leave the row.
func subtract(row, pivot map[int]int64, f int64) {
	for c, v := range pivot {
		x := (row[c] - f*v%field + field) % field
		if x == 0 {
			delete(row, c)
			continue
		}
		row[c] = x
	}
}

// inverse is a^(p−2): the inverse of a by the prime.
func inverse(a int64) int64 {
	result, power := int64(1), field-2
	for ; power > 0; power >>= 1 {
		if power&1 == 1 {
			result = result * a % field
		}
		a = a * a % field
	}
	return result
}

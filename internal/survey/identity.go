package survey

// Key names the visit.
func (v *Visit) Key() VisitKey {
	return VisitKey{College: v.College, Year: v.Year, Faculty: v.Faculty.ID, Enterprise: EnterpriseKey(v.Enterprise.USCC, v.Enterprise.Name), Day: v.Day}
}

// EnterpriseKey names an enterprise.
func EnterpriseKey(uscc, name string) string { return uscc + name }

package web

import "github.com/thousand-enterprises/qianqi/internal/campaign"

// who is a set of roles that may use a route.
type who uint8

const (
	faculty who = 1 << iota
	secretary
	office
	committee
	reviewer
	admin
	public                                                                // signed in or not
	anybody = faculty | secretary | office | committee | reviewer | admin // signed in
)

// bits are the roles as campaign names them.
var bits = map[campaign.Role]who{
	campaign.Faculty: faculty, campaign.Secretary: secretary, campaign.Office: office, campaign.Committee: committee, campaign.Reviewer: reviewer, campaign.Admin: admin,
}

// allows reports whether an account may use a route, by its roles alone. Whose things it may see
// there is the handler's question.
func (w who) allows(a *campaign.Account) bool {
	for _, role := range a.Roles {
		if w&bits[campaign.Role(role)] != 0 {
			return true
		}
	}
	return false
}

// route is one way in.
type route struct {
	method string
	path   string
	who    who
	do     func(*call) error
}

func (r *route) pattern() string { return r.method + " " + r.path }

// routes is every way into the server: there is no other. access_test.go holds each of them
// against a table of its own, for every role and for nobody.
var routes = []route{
	{"GET", "/{$}", public, home},
	{"GET", "/static/{file}", public, static},
	{"GET", "/livez", public, alive},
	{"POST", "/language", public, setLanguage},

	{"GET", "/signin", public, signInPage},
	{"POST", "/signin", public, signIn},
	{"POST", "/signout", public, signOut},
	{"GET", "/setup", public, setupPage},
	{"POST", "/setup", public, setUp},
	{"GET", "/oidc", public, oidcStart},
	{"GET", "/oidc/callback", public, oidcCallback},
	{"GET", "/cas", public, casStart},
	{"GET", "/cas/callback", public, casCallback},
	{"POST", "/cas/callback", public, casSignOut},
	{"GET", "/metrics", public, metricsPage},

	{"GET", "/account", anybody, accountPage},
	{"POST", "/account/password", anybody, changePassword},
	{"GET", "/account/data.json", anybody, ownFile},

	{"GET", "/visits", faculty, visitsPage},
	{"GET", "/template.xlsx", faculty | secretary | office, templateFile},
	{"GET", "/upload", faculty | secretary | office, uploadPage},
	{"POST", "/upload", faculty | secretary | office, upload},
	{"POST", "/uploads/confirm", faculty | secretary | office, confirmAll},
	{"GET", "/uploads/{id}", faculty | secretary | office, checkPage},
	{"POST", "/uploads/{id}/confirm", faculty | secretary | office, confirm},
	{"POST", "/uploads/{id}/discard", faculty | secretary | office, discard},
	{"GET", "/uploads/{id}/return.xlsx", faculty | secretary | office, parkedReturn},
	{"GET", "/uploads/{id}/original", faculty | secretary | office, parkedOriginal},
	{"GET", "/receipts/{id}", faculty | secretary | office, receiptPage},
	{"GET", "/receipts/{id}/return.xlsx", faculty | secretary | office, receiptReturn},
	{"GET", "/receipts/{id}/original", faculty | secretary | office, receiptOriginal},
	{"POST", "/receipts/{id}/withdraw", faculty | secretary | office, withdraw},
	{"POST", "/receipts/{id}/remark", faculty | secretary | office, remark},

	{"GET", "/campaign", secretary | office, campaignPage},
	{"GET", "/campaign/reminders", secretary | office, remindersPage},
	{"GET", "/campaign/national.xlsx", office, nationalFile},
	{"GET", "/review", secretary | office, reviewPage},
	{"POST", "/receipts/{id}/approve", secretary | office, approve},
	{"POST", "/receipts/{id}/return", secretary | office, sendBack},
	{"GET", "/refused/{id}", office, refusedPage},
	{"POST", "/refused/{id}/waive", office, waive},
	{"GET", "/enterprises", office, enterprisesPage},
	{"POST", "/enterprises", office, decidePair},
	{"POST", "/enterprises/undo", office, undoMerge},
	{"GET", "/assignments", secretary | office, assignmentsPage},
	{"POST", "/assignments", office, assign},
	{"GET", "/assignments.xlsx", office, rosterFile},

	{"GET", "/reports", office | committee, reportsPage},
	{"GET", "/reports/{year}/{path...}", office | committee, reportFile},
	{"GET", "/reports/{year}/remarks", office | committee, remarksPage},
	{"POST", "/reports/{year}/remarks", office | committee, leaveRemark},
	{"POST", "/reports/remarks/take-back", office | committee, takeBack},
	{"GET", "/proposals", committee | reviewer, proposalsPage},
	{"GET", "/proposals/new", committee, newProposalPage},
	{"POST", "/proposals", committee, propose},
	{"GET", "/proposals/{id}", committee | reviewer, proposalPage},
	{"POST", "/proposals/{id}/review", committee | reviewer, reviewProposal},
	{"POST", "/proposals/{id}/decide", committee, decideProposal},
	{"POST", "/proposals/{id}/address", committee, addressProposal},

	{"GET", "/prove", admin, provePage},
	{"POST", "/prove", admin, proveIt},
	{"GET", "/admin/users", admin, usersPage},
	{"POST", "/admin/users", admin, addUser},
	{"GET", "/admin/users/{id}", admin, userPage},
	{"POST", "/admin/users/{id}", admin, changeUser},
	{"POST", "/admin/users/{id}/password", admin, resetPassword},
	{"POST", "/admin/users/{id}/disable", admin, disableUser},
	{"POST", "/admin/users/{id}/enable", admin, enableUser},
	{"POST", "/admin/users/{id}/sessions/end", admin, endSessions},
	{"GET", "/admin/import", admin, staffPage},
	{"POST", "/admin/import", admin, importStaff},
	{"GET", "/admin/departments", admin, departmentsPage},
	{"POST", "/admin/departments", admin, moveDepartment},
	{"GET", "/admin/sessions", admin, sessionsPage},
	{"POST", "/admin/sessions/end", admin, endSession},
	{"GET", "/admin/log", admin, logPage},
	{"POST", "/admin/log/verify", admin, verifyLog},
	{"GET", "/admin/log.csv", admin, logFile},
	{"GET", "/admin/backups", admin, backupsPage},
	{"POST", "/admin/backups", admin, makeBackup},
	{"GET", "/admin/backups/{name}", admin, backupFile},
	{"GET", "/admin/health", admin, healthPage},
	{"GET", "/admin/privacy", admin, privacyPage},
	{"POST", "/admin/privacy/retention", admin, setRetention},
	{"GET", "/admin/privacy/export", admin, personFile},
	{"POST", "/admin/privacy/erase", admin, erasePerson},
}

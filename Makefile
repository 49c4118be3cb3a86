# make test   everything that must hold, with the race detector (installs what it needs)
# make soak   the same with the long counts: 200 kills, 2,000 flips, minutes of fuzzing
# make bench  the ratio table: qianqi beside openpyxl + sqlite3 and excelize on the same data
# make codebook  renew the compiled form of the built-in codebook after its YAML was changed
# make sample regenerate the tracked sample campaign byte for byte
# make echarts  bundle the parts of echarts that the charts use (needs npm; the bundle is tracked)
# make build  the binary for this machine; make cross for the machines offices run
# make lint   gofmt, go vet, staticcheck; make vulnerabilities asks the Go vulnerability database (needs a network)
# make release  the binaries to hand out, in dist/, each built twice from scratch and compared

GO ?= go

# The race detector watches our code. The two engines translated from C with the runtime under them, the password
# hash and the two deflaters are compiled without it: they would take ten times as long. Only a package that uses
# no generic code of the standard library may stand here, since the linker could choose its unwatched copy over a
# watched one. (libquickjs and libc carry copies of what package os instantiates, by importing it; the linker takes
# those of os.)
UNWATCHED = modernc.org/sqlite/lib modernc.org/libquickjs modernc.org/libc modernc.org/memory \
  golang.org/x/crypto/argon2 compress/flate github.com/klauspost/compress/flate
RACE = -race $(foreach package,$(UNWATCHED),-gcflags='$(package)=-race=false')

# A race is reported when it happens; a test binary need not wait a second for more when its tests have ended. What the
# detector keeps about a large buffer is cleared in place, not given back to the system page by page and asked for
# again: a sixth of all computing time. go vet looks at all code in make lint.
TEST = GORACE='atexit_sleep_ms=0 clear_shadow_mmap_threshold=16777216' CGO_ENABLED=1 $(GO) test $(RACE) -vet=off -shuffle=on

# The code that is handed out is compiled in this way: so one compilation serves make build, make lint and the
# program that the tests of cmd run.
SHIPPED = CGO_ENABLED=0 GOFLAGS="$$($(GO) env GOFLAGS) -trimpath"

# Packages are tested in this order: where the longest came last, the other cores would wait for them.
PACKAGES = ./internal/campaign ./internal/web ./cmd/qianqi ./internal/report ./internal/workbook ./...

.PHONY: codebook build test soak bench sample echarts cross release lint vulnerabilities tools

build:
	$(SHIPPED) $(GO) build -o qianqi ./cmd/qianqi

test: tools
	$(TEST) -timeout 30m $(PACKAGES)

soak: tools
	QIANQI_SOAK=1 $(TEST) -timeout 80m $(PACKAGES)

lint:
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "gofmt: the files above"; exit 1; }
	$(SHIPPED) $(GO) vet ./...
	$(SHIPPED) $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

vulnerabilities:
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

cross:
	@for target in windows/amd64 linux/arm64 linux/loong64; do \
	  echo "build $$target"; \
	  CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -trimpath -o /dev/null ./cmd/qianqi || exit 1; \
	done

RELEASES = windows/amd64 linux/amd64 linux/arm64 linux/loong64

# The same commit and the same Go give the same bytes in any folder: each binary is built twice, in two
# copies of the tree with two build caches, and the release stops where one byte differs.
release:
	sh testdata/release.sh $(GO) $(RELEASES)

bench: build
	sh testdata/bench/bench.sh

sample: build
	./qianqi sample --out surveys --force

codebook:
	$(GO) test ./internal/codebook -run Compiled -update

echarts:
	cd internal/report/echarts && npm ci && npm run build && rm -rf node_modules

tools:
	sh testdata/tools.sh

# The two commands of the README: `make run` and `make test`. Each does all its set-up.

.PHONY: run build test bench bench-peers fuzz simulate docs format setup clean

run: build
	@exec .build/release/waxwing serve

build: setup
	swift build -c release --product waxwing

# Tests of what is not installed are skipped out loud. PEERS=all installs it: PostgreSQL and Ceph, on which the suites of rows
# and objects run once more, a mail server, a browser, real audio, and the programs others are measured with.
test: setup
	@Scripts/test.sh

# A package of its own, built beside the program, whose modules it shares.
BENCHMARKS = swift build -c release --package-path Benchmarks --scratch-path .build
bench:
	@Scripts/setup.sh
	$(BENCHMARKS) --product benchmarks
	@.build/release/benchmarks $(ONLY)

# Broken files through TARGET (audio, padconf, smp, pattern, padinfo, sxwave); those that fail are left in fuzz-findings.
SECONDS ?= 60
SEED ?= 1
TARGET ?= audio
fuzz:
	@Scripts/setup.sh
	$(BENCHMARKS) --product fuzz
	@.build/release/fuzz $(TARGET) $(SECONDS) $(SEED)

# Jobs on clocks that jump, by workers that die: SEEDS of 100 steps from SEED on; REPLAY=17 prints all that happens in one,
# in STORE=memory, file or postgres.
SEEDS ?= 10000
simulate:
	@Scripts/setup.sh
	$(BENCHMARKS) --product simulate
	@.build/release/simulate $(if $(REPLAY),replay $(REPLAY) $(STORE),$(SEEDS) $(SEED))

# Beside librosa, essentia and aubio: ONLY=speed|memory|tempo|key|pictures|roles|likeness|sampler|objects|rows|jobs|http, KEYS=folder of labelled clips, MARKDOWN=1,
# PAGE=Docs/Benchmarks.md puts the tables into the page.
bench-peers:
	@Scripts/setup.sh
	@Benchmarks/Peers/run.sh $(if $(ONLY),--only $(ONLY)) $(if $(MARKDOWN),--markdown) $(if $(PAGE),--page "$(PAGE)")

# The pages of AudioCore, every link checked, in .build/docs.
docs:
	@Scripts/setup.sh
	@Scripts/docs.sh

format:
	swift format -i -r Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

setup:
	@PEERS="$(PEERS)" Scripts/setup.sh

clean:
	rm -rf .build Benchmarks/.venv

# make demo   trains DecAlign on synthetic data and shows what it reaches
# make test   builds everything and runs the tests
# make bench  measures dg beside PyTorch, torch.compile and JAX; ONLY="mosi sinkhorn.7", QUICK=1 and SKIP="torch.compile" shorten it
# make soak   kills a training 200 times at random moments, lets every system call of one fail, compares 10,000 random graphs on all
#             ways through the compiler, trains 100 steps on 1 to 16 threads, plants 3000 mistakes into programs and 50 into the kernels
#             of each of 7 plans, fuzzes each reader of files for FUZZ_SECONDS, and runs the tests under sanitizers: a night
# make replay shows what the working tree compiles otherwise than a base commit, at all levels; BASE=COMMIT chooses it
.PHONY: demo test soak bench bench-check replay build setup record clean

BUILD = swift build -c release
# Without testable imports tests and tools share one build.
TEST = swift test -c release --disable-testable-imports --parallel
DG = .build/release

test: setup
	$(TEST)

soak: setup
	DG_SOAK=$${DG_SOAK:-200} DG_FUZZ_GRAPHS=$${DG_FUZZ_GRAPHS:-10000} DG_DETERMINISM=$${DG_DETERMINISM:-100} \
	DG_KERNEL_MUTANTS=$${DG_KERNEL_MUTANTS:-50} DG_MUTANTS=$${DG_MUTANTS:-3000} \
	$(TEST) --filter 'KillTests|FaultTests|DifferentialTests|DeterminismTests|MutantTests'; status=$$?; \
	scripts/fuzz $${FUZZ_SECONDS:-300} || status=$$?; scripts/sanitize || status=$$?; exit $$status

demo: build
	scripts/demo $(DG)

bench: build bench/.venv/installed
	bench/.venv/bin/python bench/run.py $(ONLY) $(if $(QUICK),--quick) $(addprefix --skip ,$(SKIP))

# Ends with an error where something differs, so that scripts can ask.
replay: setup
	scripts/replay $(BASE)

# Shows that the peers compute the same model.
bench-check: build bench/.venv/installed
	bench/.venv/bin/python bench/check.py $(PEERS) --binaries $(DG)

bench/.venv/installed: bench/requirements.txt
	python3 -m venv bench/.venv
	bench/.venv/bin/python -m pip install --quiet --requirement $<
	touch $@

build: setup
	$(BUILD) --product dgc
	$(BUILD) --product dgrun

setup:
	@scripts/setup

# Rewrites the printed graphs and generated pages that tests compare with.
record: setup
	DG_RECORD=all $(TEST) || true

clean:
	rm -rf .build .build-* demo-run

# make demo   trains DecAlign on synthetic data and shows what it reaches
# make test   builds everything and runs the tests
.PHONY: demo test build setup record clean

BUILD = swift build -c release
# Without testable imports tests and tools share one build.
TEST = swift test -c release --disable-testable-imports --parallel
DG = .build/release

test: setup
	$(TEST)

demo: build
	scripts/demo $(DG)

build: setup
	$(BUILD) --product dgc
	$(BUILD) --product dgrun

setup:
	@scripts/setup

# Rewrites the printed graphs and generated pages that tests compare with.
record: setup
	DG_RECORD=all $(TEST) || true

clean:
	rm -rf .build demo-run

# make demo   trains DecAlign on synthetic data and shows what it reaches
# make test   builds everything and runs the tests
.PHONY: demo test build setup record clean

BUILD = swift build -c release
DG = .build/release

test: setup
	$(BUILD) --product dgc
	$(BUILD) --product dgrun
	swift test -c release --parallel

demo: build
	scripts/demo $(DG)

build: setup
	$(BUILD) --product dgc
	$(BUILD) --product dgrun

setup:
	@scripts/setup

# Rewrites the printed graphs and generated pages that tests compare with.
record: setup
	DG_RECORD=all swift test -c release || true

clean:
	rm -rf .build demo-run

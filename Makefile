# Two commands do everything on a machine with Python 3.11+, make and git. See README.md.
.PHONY: elt test lint types clean

# ORACLE=emulator (the default), container, or user/password@host:port/service: see ci/with_oracle.py.
export ORACLE

# make elt [ROWS=20000]
elt:
	@ci/elt $(if $(ROWS),--rows $(ROWS))

test:
	@ci/test

lint:
	@ci/lint

types:
	@ci/types

# Forget the demo's data, state and plugin environments.
clean:
	rm -rf .elt meltano/.meltano

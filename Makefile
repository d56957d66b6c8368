# Two commands do everything on a machine with Python 3.11+, make and git. See README.md.
.PHONY: elt test lint types clean

# make elt [ROWS=20000] [ORACLE=user/password@host:port/service]
elt:
	@ci/elt $(if $(ROWS),--rows $(ROWS)) $(if $(ORACLE),--oracle '$(ORACLE)')

test:
	@ci/test

lint:
	@ci/lint

types:
	@ci/types

# Forget the demo's data, state and plugin environments.
clean:
	rm -rf .elt meltano/.meltano

# SPDX-License-Identifier: GPL-2.0
# pyjailhouse, the Python package: copied, with what is made of the C sources.
PYTHON_SRCS := $(wildcard python/pyjailhouse/*) python/pyproject.toml scripts/make-pyjailhouse common/config/rules.inc common/config/rules.c \
	include/jailhouse/pci_defs.h include/jailhouse/status.h
python_site ?= $(shell /usr/bin/python3 -c 'import sysconfig; print(sysconfig.get_path("purelib", vars={"base": "$(prefix)"}))')

.PHONY: python install-python
python: $(O)/python/pyjailhouse/_rules.py ## the Python package pyjailhouse

$(O)/python/pyjailhouse/_rules.py: $(PYTHON_SRCS)
	/usr/bin/python3 scripts/make-pyjailhouse $(O)/python

install-python: python ## pyjailhouse, below $(DESTDIR)$(prefix)
	install -d $(DESTDIR)$(python_site)/pyjailhouse
	install -m 644 $(O)/python/pyjailhouse/* $(DESTDIR)$(python_site)/pyjailhouse/

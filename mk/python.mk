# SPDX-License-Identifier: GPL-2.0
# pyjailhouse, the Python package: copied, with what is made of the C sources.
PYTHON_SRCS := $(wildcard python/pyjailhouse/*) python/pyproject.toml scripts/make-pyjailhouse common/config/rules.inc common/config/rules.c \
	include/jailhouse/pci_defs.h include/jailhouse/status.h
# where Debian's Python looks: packages of the system have one folder for all versions
python_site ?= $(if $(filter /usr,$(prefix)),/usr/lib/python3,$(prefix)/lib/python$(shell /usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])'))/dist-packages

.PHONY: python install-python
python: $(O)/python/pyjailhouse/_rules.py ## the Python package pyjailhouse

$(O)/python/pyjailhouse/_rules.py: $(PYTHON_SRCS)
	/usr/bin/python3 scripts/make-pyjailhouse $(O)/python

install-python: python ## pyjailhouse, below $(DESTDIR)$(prefix)
	install -d $(DESTDIR)$(python_site)/pyjailhouse
	install -m 644 $(O)/python/pyjailhouse/*.py $(O)/python/pyjailhouse/py.typed $(DESTDIR)$(python_site)/pyjailhouse/

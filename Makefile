# pose_ros where no ROS is installed. `make` or `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint bench train clean

PYTHON ?= python3
SOURCE ?=
ARGS ?=
VENV := .venv
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip install --disable-pip-version-check
# Of what pip says, the large downloads and where it is; errors and warnings come another way.
TRIM := | sed -un '/[0-9] [MG]B)/p; /Building editable.*started/p; s/^Installing collected .*/  Installing .../p'
# What the built package depends on: the messages, and what is copied into share/ and lib/.
BUILT := setup.cfg setup.py CMakeLists.txt package.xml $(wildcard msg/*.msg srv/*.srv config/*.* config/*/*.* launch/*.py pose_ros/nodes/*_node.py)

help: ## show this list
	@echo 'Each of these sets up .venv first, once (3 to 8 minutes, 6.6 GB; no ROS, no GPU, no sudo):'
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1:\2/p' Makefile | awk -F: '{printf "%-14s%s\n", $$1, $$2}'
	@echo 'PYTHON=python3.12 chooses the Python (3.10 to 3.13) of the first set-up.'

setup: $(VENV)/.package ## set up .venv and nothing else

demo: $(VENV)/.package ## run the nodes over a clip into out/demo/; SOURCE=video, folder of images, bag or device
	$(RUN)/pose-ros demo $(if $(SOURCE),'$(SOURCE)') $(ARGS)

test: $(VENV)/.package ## run every test; ARGS='-k name' for some of them
	$(RUN)/python -m pytest $(ARGS)

lint: $(VENV)/.package ## check style and types
	$(RUN)/ruff check
	$(RUN)/mypy

bench: $(VENV)/.package ## measure, print one table, write out/bench.json
	$(RUN)/pose-ros bench $(ARGS)

train: $(VENV)/.train ## train the shipped networks of images again (best with a GPU)
	$(RUN)/pose-ros train $(ARGS)
	$(RUN)/pose-ros train-pairs
	$(RUN)/pose-ros train-top-down --network mask_rcnn
	$(RUN)/pose-ros train-top-down --network rmpe
	$(RUN)/pose-ros calibrate

clean: ## remove all that was set up, built or written here
	rm -rf $(VENV) build install log out *.egg-info pose_ros/msg pose_ros/srv pose_ros/*.so
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find pose_ros test launch .ci -name __pycache__ -prune -exec rm -rf {} +

# A stamp is written when its step is done: an interrupted set-up goes on where it stopped, a finished one
# installs nothing, and a changed message builds only the package again.
$(VENV)/.ros: .ci/ros-jazzy.txt
	@command -v '$(PYTHON)' >/dev/null || { echo 'No $(PYTHON) here: install Python 3.10 to 3.13.' >&2; exit 1; }
	@'$(PYTHON)' .ci/check_machine.py
	@echo 'Setting up .venv, once: 3 to 8 minutes and 6.6 GB. Step 1 of 2, the ROS 2 Jazzy wheels ...'
	@'$(PYTHON)' -m venv $(VENV)
	@$(PIP) --quiet -r .ci/ros-jazzy.txt
	@touch $@

# tf2_msgs and hri_msgs, which the wheels lack.
$(VENV)/.interfaces: $(VENV)/.ros $(wildcard .ci/interfaces/*/msg/*.msg)
	@echo 'Building the messages that the ROS wheels lack ...'
	@'$(RUN)/python' .ci/build_interfaces.py
	@touch $@

$(VENV)/.package: $(VENV)/.ros $(VENV)/.interfaces $(BUILT)
	@echo 'Step 2 of 2: torch (the large part), and this package with its messages ...'
	@$(PIP) --no-build-isolation -c .ci/ros-jazzy.txt --editable '.[robot,learning,test]' $(TRIM)
	@touch $@

$(VENV)/.train: $(VENV)/.package
	@echo 'Adding what training needs ...'
	@$(PIP) --no-build-isolation -c .ci/ros-jazzy.txt --editable '.[train]' $(TRIM)
	@touch $@

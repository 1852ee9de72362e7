# Builds the two halves of a simulation executable, in a directory that `verilator --cc --prefix Vdut` has filled:
#   make -f build.mk runtime   what all designs share: harness, Verilator's runtime, and a precompiled header
#   make -f build.mk machine   a design's model and adapter, linked with RUNTIME (the directory of the above)
# ARCHIVE is the harness of a machine: runtime.a for a grid, top.a for a top module.
# SOURCES is the directory of the harness, OPT_MODEL how the model is optimised; with UNOPTIMISED=1 nothing of it is.

include Vdut.mk

# A precompiled header serves only files that are compiled alike: always with the waveform code declared, and optimised
# (at whatever level; -O0 and -Os define other macros).
VM_TRACE := 1
VM_TRACE_VCD := 1
OPT_MODEL ?= -O2
CXXFLAGS += -std=c++17

ARCHIVE ?= runtime.a
HARNESS := $(addprefix $(SOURCES)/, harness.cpp job.cpp segment.cpp faults.cpp wire.cpp)
TOP_HARNESS := $(addprefix $(SOURCES)/, top-harness.cpp top-bench.cpp wire.cpp)

.PHONY: runtime machine
runtime: prelude.h.gch runtime.a top.a

# One compiler run: reading the library's headers takes longer than the rest.
harness-all.cpp: $(HARNESS)
	printf '#include "%s"\n' $^ > $@

top-all.cpp: $(TOP_HARNESS)
	printf '#include "%s"\n' $^ > $@

harness-all.o top-all.o: %.o: %.cpp
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -O2 -Wall -Wextra -c -o $@ $<

# Verilator's runtime hardly ever runs in the loop over cycles; optimising it would take a while.
$(VK_GLOBAL_OBJS): OPT_GLOBAL := -O0

runtime.a: $(VK_GLOBAL_OBJS) harness-all.o
	$(AR) rcs $@ $^

top.a: $(VK_GLOBAL_OBJS) top-all.o
	$(AR) rcs $@ $^

prelude.h: $(SOURCES)/prelude.h
	cp $< $@

prelude.h.gch: prelude.h
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -I$(SOURCES) -O2 -x c++-header -o $@ $<

# Verilator decides (VM_PARALLEL_BUILDS) whether the model is big enough for a compiler run per file. What runs only once,
# up to half of the code, is not worth optimising; -O0 would not fit the precompiled header, the pragma does.
FAST := $(addsuffix .cpp, $(VM_FAST)) adapter.cpp
SLOW := $(addsuffix .cpp, $(VM_SLOW))
ifeq ($(UNOPTIMISED),1)
SLOW := $(FAST) $(SLOW)
FAST :=
endif
ifeq ($(VM_PARALLEL_BUILDS),1)
MODEL_OBJS := $(FAST:.cpp=.model.o) $(SLOW:.cpp=.slow.o)
else
MODEL_OBJS := whole.model.o
endif

COMPILE_MODEL = $(CXX) -include $(RUNTIME)/prelude.h $(CXXFLAGS) $(CPPFLAGS) -I$(SOURCES) $(OPT_MODEL)

whole.cpp: $(FAST) slow.h $(SLOW)
	printf '#include "%s"\n' $^ > $@

slow.h:
	printf '#pragma GCC optimize (0)\n' > $@

%.model.o: %.cpp
	$(COMPILE_MODEL) -c -o $@ $<

%.slow.o: %.cpp slow.h
	$(COMPILE_MODEL) -include slow.h -c -o $@ $<

machine: $(MODEL_OBJS) $(RUNTIME)/$(ARCHIVE)
	$(LINK) $(LDFLAGS) $^ $(LDLIBS) -o $@

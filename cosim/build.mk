# Builds the two halves of a simulation executable, in a directory that `verilator --cc --prefix Vdut` has filled:
#   make -f build.mk runtime   what all designs share: harness, Verilator's runtime, and a precompiled header
#   make -f build.mk machine   a design's model and adapter, linked with RUNTIME (the directory of the above)
# SOURCES is the directory of the harness, OPT_MODEL how the model is optimised.

include Vdut.mk

# A precompiled header serves only files that are compiled alike: always with the waveform code declared, and optimised
# (at whatever level; -O0 and -Os define other macros).
VM_TRACE := 1
VM_TRACE_VCD := 1
OPT_MODEL ?= -O2
CXXFLAGS += -std=c++17

HARNESS := harness job segment faults wire
HARNESS_OBJS := $(addsuffix .harness.o, $(HARNESS))

.PHONY: runtime machine
runtime: prelude.h.gch runtime.a

%.harness.o: $(SOURCES)/%.cpp
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -O2 -Wall -Wextra -c -o $@ $<

$(VK_GLOBAL_OBJS): OPT_GLOBAL := -O1

runtime.a: $(VK_GLOBAL_OBJS) $(HARNESS_OBJS)
	$(AR) rcs $@ $^

prelude.h: $(SOURCES)/prelude.h
	cp $< $@

prelude.h.gch: prelude.h
	$(CXX) $(CXXFLAGS) $(CPPFLAGS) -I$(SOURCES) -O2 -x c++-header -o $@ $<

# Verilator decides (VM_PARALLEL_BUILDS) whether the model is big enough for a compiler run per file.
MODEL := $(addsuffix .cpp, $(VM_FAST) $(VM_SLOW)) adapter.cpp
ifeq ($(VM_PARALLEL_BUILDS),1)
MODEL_OBJS := $(MODEL:.cpp=.model.o)
else
MODEL_OBJS := whole.model.o
endif

whole.cpp: $(MODEL)
	printf '#include "%s"\n' $^ > $@

%.model.o: %.cpp
	$(OBJCACHE) $(CXX) -include $(RUNTIME)/prelude.h $(CXXFLAGS) $(CPPFLAGS) -I$(SOURCES) $(OPT_MODEL) -c -o $@ $<

machine: $(MODEL_OBJS) $(RUNTIME)/runtime.a
	$(LINK) $(LDFLAGS) $^ $(LDLIBS) -o $@

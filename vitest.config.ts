import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // Left out, it is one less than there are processors: of two, one would idle while a test waits for Yosys or g++.
    maxWorkers: '100%',
    // Tests of the RTL start compilers; the first build of a machine takes a while on a busy computer.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    // Golden files change when someone asks for it, never because a test ran.
    update: 'none',
    slowTestThreshold: 10_000,
  },
});

import { defineConfig } from 'vitest/config';

/** Tests that hold measured times against narrow bounds: nothing else runs beside them. */
const TIMED = [
  'tests/calibrate.test.ts',
  'tests/connecting.test.ts',
  'tests/conversations.test.ts',
  'tests/engines-agree.test.ts',
  'tests/load-rules.test.ts',
  'tests/open-loop.test.ts',
  'tests/search.test.ts',
  'tests/shapes.test.ts',
];

/** Whole-way tests wait for processes and servers much of their time: one more than there are cores keeps these busy. */
const BESIDE_EACH_OTHER = { maxWorkers: 3, sequence: { groupOrder: 0 } };

export default defineConfig({
  test: {
    reporters: ['default', './tests/support/closing-line-reporter.ts'],
    globalSetup: './tests/support/global-setup.ts',
    setupFiles: './tests/support/property-tests.ts',
    // A worker loads a module once for all files: half of what unit tests cost.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['lib/**/*.test.ts', 'bench/**/*.test.ts'],
          ...BESIDE_EACH_OTHER,
        },
      },
      {
        extends: true,
        test: { name: 'whole way', include: ['tests/**/*.test.ts'], exclude: TIMED, ...BESIDE_EACH_OTHER },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});

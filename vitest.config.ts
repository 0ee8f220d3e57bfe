import { defineConfig } from 'vitest/config';

/** Tests that hold measured times against bounds: nothing else runs beside them. */
const TIMED = [
  'tests/calibrate.test.ts',
  'tests/certainty.test.ts',
  'tests/connecting.test.ts',
  'tests/defects.test.ts',
  'tests/engines-agree.test.ts',
  'tests/faults/**/*.test.ts',
  'tests/shapes.test.ts',
];

export default defineConfig({
  test: {
    reporters: ['default', './tests/support/closing-line-reporter.ts'],
    globalSetup: './tests/support/global-setup.ts',
    setupFiles: './tests/support/property-tests.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['lib/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: TIMED,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'timed', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});

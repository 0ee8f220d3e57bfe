import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['lib/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    reporters: ['default', './tests/support/closing-line-reporter.ts'],
    globalSetup: './tests/support/global-setup.ts',
    setupFiles: './tests/support/property-tests.ts',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

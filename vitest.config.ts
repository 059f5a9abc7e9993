import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The JSON report is what a machine reads; the default reporter ends with the totals.
    reporters: [['json', { outputFile: 'out/vitest.json' }], 'default'],
  },
});

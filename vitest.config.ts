import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // A worker loads the ledger's modules once for all of its files: to load them for each was a seventh of the time. No
    // file changes what another one sees: what a test stubs it restores, and what it opens it closes.
    isolate: false,
    // The processes that tests start find the modules compiled.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('out/compile-cache', import.meta.url)) },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The JSON report is what a machine reads; the default reporter ends with the totals.
    reporters: [['json', { outputFile: 'out/vitest.json' }], 'default'],
  },
});

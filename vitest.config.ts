import { defineConfig } from 'vitest/config';

const TESTS = 'test/**/*.test.ts';
const DEEP = 'test/**/*.deep.test.ts';
const FULL = 'test/**/*.full.test.ts';

/**
 * The suites, by the names of their files: `npm test` runs the fast one, `npm run test:deep` the deep one, `npm run
 * test:full` the one with the counts that take hours.
 */
const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    // Only what hangs takes so long: no test is decided by time.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Stress tests start their own workers: more than two files at a time would only measure the scheduler.
    fileParallelism: true,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'fast', include: [TESTS], exclude: [DEEP, FULL] } },
      { extends: true, test: { name: 'deep', include: [DEEP] } },
      { extends: true, test: { name: 'full', include: [FULL], testTimeout: 86_400_000 } },
    ],
  },
});
export default config;

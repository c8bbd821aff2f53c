import { defineConfig } from 'vitest/config';

const TESTS = 'test/**/*.test.ts';
const DEEP = 'test/**/*.deep.test.ts';

/** Two suites, told apart by the names of their files: `npm test` runs the fast one, `npm run test:deep` the deep one. */
const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    // Only what hangs takes so long: no test is decided by time. With the counts of `npm run test:full` it may be hours.
    testTimeout: process.env['FULL'] === '1' ? 86_400_000 : 300_000,
    hookTimeout: 300_000,
    // A check on a machine that others use runs a test that failed once more, and says so.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    // Stress tests start their own workers: more than two files at a time would only measure the scheduler.
    fileParallelism: true,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'fast', include: [TESTS], exclude: [DEEP] } },
      { extends: true, test: { name: 'deep', include: [DEEP] } },
    ],
  },
});
export default config;

import { defineConfig } from 'vitest/config';

const TESTS = 'test/**/*.test.ts';
const DEEP = 'test/**/*.deep.test.ts';

/** Two suites, told apart by the names of their files: `npm test` runs the fast one, `npm run test:deep` the deep one. */
const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    // Only what hangs takes so long: no test is decided by time. With the counts of `npm run test:full` it may be hours.
    testTimeout: process.env['FULL'] === '1' ? 86_400_000 : 600_000,
    hookTimeout: 600_000,
    // Stress tests start their own workers: more than two files at a time would only measure the scheduler.
    // A check on a shared machine runs a test that failed once more, and says so.
    retry: process.env['CI'] === 'true' ? 2 : 0,
    fileParallelism: true,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'fast', include: [TESTS], exclude: [DEEP] } },
      { extends: true, test: { name: 'deep', include: [DEEP] } },
    ],
  },
});
export default config;

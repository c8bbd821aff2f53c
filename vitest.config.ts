import { defineConfig } from 'vitest/config';

const config: ReturnType<typeof defineConfig> = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    // Some build or pack first; on a busy machine that takes its time.
    hookTimeout: 180_000,
    // Stress tests start their own workers: more than one file at a time would only measure the scheduler.
    fileParallelism: true,
    maxWorkers: 2,
  },
});
export default config;

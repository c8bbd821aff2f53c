import { hrtime } from 'node:process';
import { defineScenario } from '../../../src/explore/index.ts';

const read = (): number[] => [
  new Date().getTime(),
  Date.parse(Date()),
  hrtime()[0],
  Number(hrtime.bigint() / 10n ** 9n),
  process.uptime(),
];

/** What all clocks say, before and after a wait of one second. */
export default defineScenario({
  threads: 1,
  bytes: 64,
  thread(_index, buffer) {
    const words = new Int32Array(buffer);
    const before = read();
    Atomics.wait(words, 0, 0, 1_000);
    const passed = read().map((now, clock) => Math.round(now - (before[clock] ?? 0)));
    if (!(new Date(0) instanceof Date) || new Date(0).constructor !== Date) throw new Error('a date is no Date');
    return `${String(before[0])} ${passed.join(' ')}`;
  },
  check: (_buffer, { results }) => results[0],
});

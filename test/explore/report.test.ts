import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { preemptions } from '../../src/explore/index.ts';
import { formatResult } from '../../src/explore/outcome/report.ts';
// oxlint-disable-next-line import/no-unassigned-import -- importing it registers the matcher
import '../../src/explore/vitest.ts';
import { run } from './run.ts';

const lines = readFileSync(new URL('./scenarios/free-list.ts', import.meta.url), 'utf8').split('\n');

describe('the report of a failure', () => {
  it('has one column a thread with operation, address, value, changes, preemptions and the line in the source', async () => {
    const text = formatResult(await run('treiber-aba'));
    expect(text).toMatch(
      /^FAILED treiber-aba: check, with 1 preemption\ncheck threw Error: node 2 is free and in use \(/,
    );
    expect(text).toMatch(/\n {3}1 {2}load 0 1 +test\/explore\/scenarios\/free-list\.ts:8:26\n/);
    expect(text).toMatch(/\n {3}3 {31}⚡ load 0 1 /);
    expect(text).toMatch(/\n {2}15 {2}compareExchange 0 1→2 = 1 \* +test/);
    expect(text).toContain('thread a: ended\nthread b: ended\n');
    expect(text).toMatch(/\nschedule v1:treiber-aba:64:a2b12a1:/);
    expect(text).toContain('3 schedules (');
  });

  it('gives positions that are right to the column', async () => {
    const { failure } = await run('treiber-aba');
    for (const { operation, position } of failure?.trace ?? []) {
      const [, row, column] = /:(\d+):(\d+)$/.exec(position) ?? [];
      expect(lines[Number(row) - 1]?.slice(Number(column) - 1)).toMatch(new RegExp(`^${operation}\\(`));
    }
  });

  it('names addresses, tells how threads ended, and folds loops', async () => {
    const text = formatResult(await run('cas-spinlock', { crash: 'every-operation' }));
    expect(text).toContain('compareExchange 0 (lock) 0→1 = 0 *');
    expect(text).toContain('dies †');
    expect(text).toMatch(/… \d+ times more/);
    expect(text).toContain('thread a: died before its operation 8\nthread b: spinning, before compareExchange@0');
  });
});

describe('the report of a pass', () => {
  it('says what complete means', async () => {
    const text = formatResult(await run('futex-mutex'));
    expect(text).toMatch(/^HELD futex-mutex\n78 schedules \(/);
    expect(text).toContain('complete up to 2 preemptions\n');
    expect(text).toContain('crash points tried: 0, races: 0');
    expect(text).toContain('limit: at most 2 preemptions');
  });

  it('says what was passed over, what had to wait, and what only a timeout ended', async () => {
    expect(formatResult(await run('cas-spinlock'))).toMatch(/limit: a thread in a loop without end .* steps back/);
    const text = formatResult(await run('timeouts', { strategy: preemptions(Infinity) }));
    expect(text).toContain('complete within the limits below');
    expect(text).toContain(
      'limit: timeouts and timers fire, and deadlines pass, only when nothing else can run, the earliest first',
    );
    expect(text).toMatch(/\d+ schedules? went on only because a wait timed out/);
  });
});

describe('toHoldOnEverySchedule', () => {
  it('passes where every schedule held', async () => {
    expect(await run('futex-mutex')).toHoldOnEverySchedule();
  });

  it('fails with the report', async () => {
    const result = await run('treiber-aba');
    expect(() => expect(result).toHoldOnEverySchedule()).toThrow('FAILED treiber-aba: check');
  });
});

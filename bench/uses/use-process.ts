/**
 * One way of one use in a process of its own: opens it, then does a round for each count that it is sent and answers with
 * what the round took.
 *
 *   use-process.js USE WAY VARIANT
 */
import { beginResidence, peakResidence } from '../memory/resident.ts';
import type { UseFigures } from './use.ts';
import { USES } from './ways.ts';

const [use, way, variant] = process.argv.slice(2);
const before = beginResidence();
const opened = USES[use].ways[way](Number(variant));

async function measure(count: number): Promise<UseFigures> {
  const work = await opened;
  const cpuBefore = process.cpuUsage();
  const start = process.hrtime.bigint();
  await work.run(count);
  const wall = Number(process.hrtime.bigint() - start);
  const { user, system } = process.cpuUsage(cpuBefore);
  const peak = peakResidence();
  const resident = before === undefined || peak === undefined ? undefined : peak - before;
  return { wall, cpu: (user + system) * 1000, resident };
}

process.on('message', (count: number) => {
  void measure(count).then((figures) => process.send!(figures));
});
process.on('disconnect', () => {
  void opened.then((work) => work.close()).then(() => process.exit());
});

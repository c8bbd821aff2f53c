import { BuiltCommand } from '../../support/built-command.ts';
import { STRESS_FAULTS } from './faults.ts';
const which = process.argv[2];
for (const fault of STRESS_FAULTS) {
  if (which !== undefined && !fault.does.includes(which)) continue;
  const command = new BuiltCommand();
  const t = performance.now();
  try {
    await command.build(fault);
    const r = await command.run(`stress --quiet --seconds ${process.argv[3] ?? 10} ${fault.flags ?? ''}`.trim());
    console.log(
      r.code,
      ((performance.now() - t) / 1000).toFixed(1),
      fault.does,
      '|',
      r.stdout.split('\n').slice(0, 2).join(' / ').slice(0, 260),
      r.stderr.slice(0, 200),
    );
  } catch (e) {
    console.log('ERR', fault.does, String(e).slice(0, 200));
  }
  command.remove();
}

/**
 * `npm run bench -- NAME [options]`: the benchmarks by name; without one, a list of them. They run from the compiled
 * sources, since loaders that compile on the fly lower private fields, which makes this library several times slower.
 */
import { Command } from 'commander';
import { command as attach } from './attach.ts';
import { command as copies } from './copies.ts';
import { command as explore } from './explore.ts';
import { command as image } from './image.ts';
import { command as lock } from './lock.ts';
import { command as memory } from './memory.ts';
import { command as native } from './native.ts';
import { command as peers } from './peers.ts';
import { command as recovery } from './recovery.ts';
import { command as structs } from './structs.ts';
import { command as table } from './table.ts';
import { command as threads } from './threads.ts';
import { command as uses } from './uses.ts';
import { command as walks } from './walks.ts';

const program = new Command('npm run bench --')
  .description('Benchmarks of threadheap. Figures are minima of alternating rounds; compare ratios, not times.')
  .addCommand(table)
  .addCommand(peers)
  .addCommand(native)
  .addCommand(threads)
  .addCommand(lock)
  .addCommand(memory)
  .addCommand(recovery)
  .addCommand(image)
  .addCommand(walks)
  .addCommand(attach)
  .addCommand(copies)
  .addCommand(structs)
  .addCommand(explore)
  .addCommand(uses);

if (process.argv.length > 2) await program.parseAsync();
else program.outputHelp();

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { heapCommands } from '../support/heap-commands.ts';
import { heapAndModel } from '../support/heap-model.ts';
import { HEAP_SETUPS, isTableOnly, lowestFit } from '../support/heap-options.ts';

describe.each(HEAP_SETUPS)('an image of a heap with $title', (setup) => {
  const most = setup.options.maxByteLength ?? setup.blockSize;
  const commands = heapCommands(most, !isTableOnly(setup));

  test('is loaded as the same heap, whatever was called before, and does what that would have done', () => {
    fc.assert(
      fc.property(commands, commands, fc.boolean(), (before, after, compress) => {
        const saved = heapAndModel(setup);
        try {
          fc.modelRun(() => saved, before);
          const root = saved.model.live.size > 0 ? saved.model.pickLive(7) : 0;
          saved.real.root = root;
          const image = saved.real.image({ compress });
          const loaded = MemoryManager.load(image, { fits: [lowestFit] });
          try {
            expect(loaded.root).toBe(root);
            expect(loaded.maxByteLength).toBe(saved.real.maxByteLength);
            expect(loaded.buffer.maxByteLength).toBe(saved.real.buffer.maxByteLength);
            saved.model.verify(loaded);
            fc.modelRun(() => ({ real: loaded, model: saved.model }), after);
            saved.model.freeEverything(loaded);
          } finally {
            loaded.detach();
          }
        } finally {
          saved.real.detach();
        }
      }),
      { numRuns: 15 },
    );
  });
});

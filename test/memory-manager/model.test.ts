import * as fc from 'fast-check';
import { describe, test } from 'vitest';
import { heapCommands } from '../support/heap-commands.ts';
import { heapAndModel } from '../support/heap-model.ts';
import { HEAP_SETUPS, isTableOnly } from '../support/heap-options.ts';

describe.each(HEAP_SETUPS)('a heap with $title', (setup) => {
  const most = setup.options.maxByteLength ?? setup.blockSize;

  test('does what a Map of blocks does, whatever is called, and is all free when all is freed', () => {
    fc.assert(
      fc.property(heapCommands(most, !isTableOnly(setup)), (commands) => {
        const state = heapAndModel(setup);
        try {
          fc.modelRun(() => state, commands);
          state.model.freeEverything(state.real);
        } finally {
          state.real.detach();
        }
      }),
      { numRuns: 25 },
    );
  });
});

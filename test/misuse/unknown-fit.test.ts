import { expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { errorOf } from '../support/misuse.ts';

test('a name that no built-in fit has is UNKNOWN_FIT', () => {
  for (const fit of ['worstest-fit', '', 5] as unknown as 'first-fit'[]) {
    const error = errorOf(() => new MemoryManager(4096, { fit }));
    expect(error.code).toBe('UNKNOWN_FIT');
    expect(error.message).toBe(
      `there is no fit ${JSON.stringify(fit)}; built in are first-fit, best-fit, next-fit, worst-fit`,
    );
  }
});

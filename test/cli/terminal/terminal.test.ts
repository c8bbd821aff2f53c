import { describe, expect, it } from 'vitest';
import { columnsOf, hasColours } from '../../../src/cli/terminal/terminal.ts';

const TERMINAL = { isTTY: true };
const PIPE = {};

describe('colours', () => {
  it.each([
    ['are for terminals', TERMINAL, {}, true],
    ['are not for pipes', PIPE, {}, false],
    ['are not for pipes of build servers', PIPE, { CI: 'true' }, false],
    ['are forbidden by NO_COLOR', TERMINAL, { NO_COLOR: '1' }, false],
    ['are not forbidden by an empty NO_COLOR', TERMINAL, { NO_COLOR: '' }, true],
    ['are forced by FORCE_COLOR', PIPE, { FORCE_COLOR: '1' }, true],
    ['are forced by an empty FORCE_COLOR', PIPE, { FORCE_COLOR: '' }, true],
    ['are forbidden by FORCE_COLOR=0', TERMINAL, { FORCE_COLOR: '0' }, false],
    ['are forbidden by FORCE_COLOR=false', TERMINAL, { FORCE_COLOR: 'false' }, false],
    ['are forbidden where both are said', PIPE, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['are not for dumb terminals', TERMINAL, { TERM: 'dumb' }, false],
  ])('%s', (_, stream, environment, expected) => {
    expect(hasColours(stream, environment)).toBe(expected);
  });
});

describe('the width of a terminal', () => {
  it('is 80 where it is unknown', () => {
    expect([columnsOf({ columns: 120 }), columnsOf({ columns: 0 }), columnsOf({})]).toEqual([120, 80, 80]);
  });
});

import { describe, expect, it } from 'vitest';
import * as mutants from '../mutants/mutants.ts';
import { ROOT_MUTANTS } from '../mutants/root-mutants.ts';
import { STRESS_FAULTS } from '../stress/planted/faults.ts';
import { plantedText, type PlantedFault } from './fault.ts';
import { FAULTS } from './faults/index.ts';

const ALL: readonly (readonly PlantedFault[])[] = [FAULTS, STRESS_FAULTS, ...Object.values(mutants), ROOT_MUTANTS];

describe('every planted fault', () => {
  it.each(ALL.flat().map((fault) => [fault.does, fault] as const))('%s', (_, fault) => {
    expect(fault.to).not.toBe(fault.from);
    expect(plantedText(fault)).toContain(fault.to);
  });

  it('has a name of its own within its list', () => {
    for (const faults of ALL) expect(new Set(faults.map(({ does }) => does)).size).toBe(faults.length);
  });
});

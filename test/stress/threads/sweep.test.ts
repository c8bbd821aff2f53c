/** Deaths at chosen instants, played by hand: what a thread has written until then is all that the sweeper finds. */
import { describe, expect, it } from 'vitest';
import { MemoryManager } from '../../../src/index.ts';
import { BlockKeeper } from '../../../src/stress/workloads/block-keeper.ts';
import { Control } from '../../../src/stress/control/control.ts';
import { createEvidence, type Evidence } from '../../../src/stress/oracles/evidence.ts';
import { createHistograms } from '../../../src/stress/measures/latency.ts';
import { Ledger } from '../../../src/stress/oracles/ledger.ts';
import { Meters } from '../../../src/stress/measures/meters.ts';
import { ORACLES } from '../../../src/stress/results/oracles.ts';
import { Sweeper, type Sweep } from '../../../src/stress/threads/sweep.ts';
import { Witness } from '../../../src/stress/oracles/witness.ts';

class Death extends Error {}

interface Place {
  readonly heap: MemoryManager;
  readonly keeper: BlockKeeper;
  /** Ends what the keeper does at its next call of the heap's method, before or after the call. */
  readonly dieAt: (method: 'allocate' | 'reallocate' | 'deallocate', moment: 'before' | 'after') => void;
  readonly sweep: (recoversFirst?: boolean) => Sweep;
}

function setUp(): Place {
  const heap = new MemoryManager(65_536, { slabs: false });
  const control = Control.create(1);
  const evidence: Evidence = createEvidence(heap.buffer.byteLength, 1);
  const newWitness = (): Witness =>
    new Witness({
      heap,
      control,
      evidence,
      histograms: createHistograms(),
      oracles: ORACLES,
      stream: 0,
      seed: 1,
      phase: 0,
    });
  const newKeeper = (witness: Witness): BlockKeeper =>
    new BlockKeeper(heap, witness, control, { stream: 0, evidence, meters: new Meters(Meters.reserve(1)) });
  return {
    heap,
    keeper: newKeeper(newWitness()),
    dieAt: (method, moment) => dieAt(heap, control, method, moment),
    sweep: (recoversFirst = true) => {
      Reflect.deleteProperty(control, 'addViolation');
      const deaths = [new Ledger(evidence.ledger).closeIntent(0)].filter((intent) => intent !== undefined);
      const witness = newWitness();
      return new Sweeper(heap, newKeeper(witness), witness, evidence).sweep(deaths, recoversFirst);
    },
  };
}

/** An error thrown by the heap would be a violation, not a death: so the death comes out of what surrounds the call. */
function dieAt(
  heap: MemoryManager,
  control: Control,
  method: 'allocate' | 'reallocate' | 'deallocate',
  moment: 'before' | 'after',
): void {
  const original = (heap[method] as (...args: number[]) => number | null).bind(heap);
  const die = (): never => {
    control.addViolation = () => {
      throw new Death();
    };
    throw new Death();
  };
  const dying = (...args: number[]): number | null => {
    Reflect.deleteProperty(heap, method);
    if (moment === 'after') original(...args);
    return die();
  };
  Object.defineProperty(heap, method, { value: dying, configurable: true });
}

describe('what a thread leaves behind that dies', () => {
  it.each([
    ['before the heap has allocated', 'allocate', 'before', { blocksRecovered: 2, blocksInFlight: 0 }],
    ['after the heap has allocated', 'allocate', 'after', { blocksRecovered: 2, blocksInFlight: 1 }],
    ['before the heap has freed', 'deallocate', 'before', { blocksRecovered: 2, blocksInFlight: 0 }],
    ['after the heap has freed', 'deallocate', 'after', { blocksRecovered: 1, blocksInFlight: 0 }],
    ['before the heap has reallocated', 'reallocate', 'before', { blocksRecovered: 2, blocksInFlight: 0 }],
    ['after the heap has moved a block', 'reallocate', 'after', { blocksRecovered: 1, blocksInFlight: 1 }],
  ] as const)('%s is found and freed', (_, method, moment, expected) => {
    const { heap, keeper, dieAt: die, sweep } = setUp();
    const [first] = [keeper.take(100), keeper.take(200)];
    die(method, moment);
    const work = { allocate: () => keeper.take(50), reallocate: () => keeper.resize(first, 5000) };
    expect(method === 'deallocate' ? () => keeper.giveBack(first) : work[method]).toThrow(Death);
    expect(sweep()).toEqual({ violations: [], ...expected });
    expect([...heap.blocks()]).toEqual([]);
    heap.check();
  });
});

describe('the sweeper', () => {
  it('verifies what it frees', () => {
    const { heap, keeper, sweep } = setUp();
    const block = keeper.take(100);
    new Uint8Array(heap.buffer)[block * 16 + 50] ^= 1;
    expect(sweep().violations).toMatchObject([
      { kind: 'damage', detail: 'byte 50 of the block was wrong when it was freed' },
    ]);
  });

  it('does not take a block for one in flight when nobody died in a call that may have made it', () => {
    const { heap, keeper, dieAt: die, sweep } = setUp();
    const block = keeper.take(100);
    heap.allocate(64);
    die('deallocate', 'after');
    expect(() => keeper.giveBack(block)).toThrow(Death);
    expect(sweep()).toMatchObject({ blocksInFlight: 1, violations: [{ kind: 'leak' }] });
  });

  it('goes on with identities where the thread before it has stopped', () => {
    const { keeper, sweep } = setUp();
    keeper.take(16);
    expect(sweep()).toEqual({ violations: [], blocksRecovered: 1, blocksInFlight: 0 });
    const again = keeper.take(16);
    expect(again).toBeGreaterThan(0);
    expect(sweep().violations).toEqual([]);
  });
});

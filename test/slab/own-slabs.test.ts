import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { classFor } from '../../src/slab/size-class.ts';
import { OwnSlabs } from '../../src/slab/own-slabs.ts';
import { REMOTE, USED } from '../../src/slab/slab-table.ts';
import { Place, type Slab } from '../../src/slab/slab.ts';
import { pick, picked } from '../support/property.ts';
import { createSlab, slabHeapOf } from '../support/slabs.ts';

const OWNER = 2;
const UNITS = 256;
const CLASSES = [16, 64, 320, 1024].map((size) => classFor(size));

type PlaceName = 'current' | 'available' | 'full';

/** What should be known of one slab: where it is, and its slots in use with whether another thread has freed them. */
interface Model {
  readonly slab: Slab;
  place: PlaceName;
  /** Slot → whether it was freed by another thread and not collected. */
  readonly live: Map<number, boolean>;
}

/** A thread's slabs next to a naive list of them, in the order in which they came to their places. */
class OwnSlabsModel {
  readonly heap: ReturnType<typeof slabHeapOf> = slabHeapOf(UNITS);
  readonly own: OwnSlabs = new OwnSlabs(this.heap.slabs, OWNER);
  models: Model[] = [];

  readonly #isReusable = ({ slab, live }: Model) => live.size <= slab.slotCount - Math.max(1, slab.slotCount >> 2);

  /** Moves a model to the end of the place where it belongs. */
  #file(model: Model): void {
    model.place = this.#isReusable(model) ? 'available' : 'full';
    this.#toEnd(model);
  }

  #toEnd(model: Model): void {
    this.models = [...this.models.filter((one) => one !== model), model];
  }

  #oldest(place: PlaceName, sizeClass: number): Model | undefined {
    return this.models.find((one) => one.place === place && one.slab.sizeClass === sizeClass);
  }

  #modelOf(slab: Slab): Model {
    return this.models.find((one) => one.slab === slab)!;
  }

  #install(model: Model): void {
    const before = this.#oldest('current', model.slab.sizeClass);
    this.own.install(model.slab);
    model.place = 'current';
    if (before !== undefined) this.#file(before);
  }

  create(sizeClass: number, unitCount: number, isCurrent: boolean): void {
    if (this.heap.table.find(unitCount) < 0) return;
    const start = createSlab(this.heap, unitCount, sizeClass, OWNER);
    this.heap.slabs.states.fill(
      0,
      this.heap.slabs.firstState(start),
      this.heap.slabs.firstState((start + unitCount) as typeof start),
    );
    const model: Model = { slab: this.own.add(start, unitCount), place: 'available', live: new Map() };
    this.models.push(model);
    if (isCurrent) this.#install(model);
    else {
      this.own.file(model.slab);
      this.#file(model);
    }
  }

  /** Allocates some slots from the current slab of a class, as ThreadSlabs does. */
  allocate(sizeClass: number, count: number): void {
    const model = this.#oldest('current', sizeClass);
    for (let done = 0; done < count && model?.slab.hasFreeSlot === true; done++) {
      const { slab } = model;
      const slot = slab.head;
      const state = slab.firstState + slot;
      expect(model.live.has(slot)).toBe(false);
      slab.head = this.heap.slabs.states[state];
      this.heap.slabs.states[state] = USED;
      slab.live++;
      model.live.set(slot, false);
    }
  }

  /** Frees some slots as their owner, as ThreadSlabs does. */
  free(model: Model, count: number): void {
    const { slab, live } = model;
    for (const slot of [...live.keys()].filter((one) => live.get(one) === false).slice(0, count)) {
      this.heap.slabs.states[slab.firstState + slot] = slab.head;
      slab.head = slot;
      slab.live--;
      live.delete(slot);
      if (slab.live <= slab.notifyThreshold) this.own.noteFree(slab);
      if (model.place === 'full' && this.#isReusable(model)) this.#file(model);
    }
  }

  freeRemotely(model: Model, count: number): void {
    const { slab, live } = model;
    for (const slot of [...live.keys()].filter((one) => live.get(one) === false).slice(-count)) {
      this.heap.slabs.states[slab.firstState + slot] = REMOTE;
      live.set(slot, true);
    }
  }

  collect(model: Model): void {
    const remote = [...model.live].filter(([, isRemote]) => isRemote);
    expect(this.own.collect(model.slab)).toBe(remote.length);
    for (const [slot] of remote) model.live.delete(slot);
    if (model.place !== 'current') this.#file(model);
  }

  /** Takes the oldest of one place and allocates from it. */
  installOldest(place: 'available' | 'full', sizeClass: number): void {
    const expected = this.#oldest(place, sizeClass);
    const slab = place === 'available' ? this.own.shiftAvailable(sizeClass) : this.own.shiftFull(sizeClass);
    expect(slab).toBe(expected?.slab);
    if (expected !== undefined) this.#install(expected);
  }

  installPartial(sizeClass: number): void {
    const slab = this.own.shiftPartial(sizeClass);
    const candidates = this.models.filter((one) => one.place !== 'current' && one.slab.sizeClass === sizeClass);
    if (slab === undefined) return expect(candidates.filter((one) => one.slab.hasFreeSlot)).toEqual([]);
    expect(candidates.map((one) => one.slab)).toContain(slab);
    expect(slab.hasFreeSlot).toBe(true);
    this.#install(this.#modelOf(slab));
  }

  drop(model: Model): void {
    this.own.drop(model.slab);
    this.heap.slabs.forget(model.slab.start, model.slab.unitCount);
    this.heap.table.giveBack(model.slab.start);
    this.models = this.models.filter((one) => one !== model);
  }

  verify(): void {
    const { own, models, heap } = this;
    expect(new Set(own.all())).toEqual(new Set(models.map(({ slab }) => slab)));
    expect(own.units).toBe(models.reduce((sum, { slab }) => sum + slab.unitCount, 0));
    const empty = models.filter(({ place, slab }) => place === 'available' && slab.live === 0);
    expect(own.emptyUnits).toBe(empty.reduce((sum, { slab }) => sum + slab.unitCount, 0));
    for (const sizeClass of CLASSES) {
      const ofClass = models.filter(({ slab }) => slab.sizeClass === sizeClass);
      expect(own.unitsOfClass[sizeClass]).toBe(ofClass.reduce((sum, { slab }) => sum + slab.unitCount, 0));
      expect(own.current[sizeClass]).toBe(this.#oldest('current', sizeClass)?.slab ?? own.none);
    }
    const ofUnit = Array.from({ length: UNITS }, () => own.none);
    for (const { slab, place, live } of models) {
      ofUnit.fill(slab, slab.start, slab.start + slab.unitCount);
      expect(slab.live).toBe(live.size);
      expect(slab.place).toBe({ current: Place.NOWHERE, available: Place.AVAILABLE, full: Place.FULL }[place]);
      expect(own.owns(slab.start)).toBe(true);
    }
    for (let unit = 0; unit < UNITS; unit++) {
      if (own.slabs[own.ofUnit[unit]] !== ofUnit[unit]) expect.fail(`unit ${unit} is taken for that of another slab`);
      if (heap.slabs.startOf(unit) !== (ofUnit[unit] === own.none ? -1 : ofUnit[unit].start))
        expect.fail(`unit ${unit}`);
    }
  }

  /** Every list holds exactly the slabs that belong there, oldest first: taking all off shows it. */
  verifyLists(): void {
    for (const sizeClass of CLASSES) {
      for (const place of ['available', 'full'] as const) {
        const expected = this.models.filter((one) => one.place === place && one.slab.sizeClass === sizeClass);
        const shift = () =>
          place === 'available' ? this.own.shiftAvailable(sizeClass) : this.own.shiftFull(sizeClass);
        for (const { slab } of expected) expect(shift()).toBe(slab);
        expect(shift()).toBeUndefined();
      }
    }
    expect(this.own.emptyUnits).toBe(0);
  }
}

const step = fc.tuple(fc.nat({ max: 8 }), pick, pick);

test('every slab is in exactly one place, counted once, and none is lost, whatever is done with them', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const state = new OwnSlabsModel();
      for (const [kind, choice, amount] of steps) {
        const sizeClass = picked(CLASSES, choice);
        if (kind === 0) state.create(sizeClass, 1 + (amount % 8), amount % 3 > 0);
        if (kind === 1) state.allocate(sizeClass, 1 + (amount % 300));
        if (kind === 2) state.installOldest('available', sizeClass);
        if (kind === 3) state.installOldest('full', sizeClass);
        if (kind === 4) state.installPartial(sizeClass);
        if (state.models.length > 0 && kind > 4) {
          const model = picked(state.models, choice);
          if (kind === 5) state.free(model, 1 + (amount % 300));
          if (kind === 6) state.freeRemotely(model, 1 + (amount % 300));
          if (kind === 7) state.collect(model);
          if (kind === 8) state.drop(model);
        }
        state.verify();
      }
      state.verifyLists();
    }),
    { numRuns: 150 },
  );
});

test('the place of a dropped slab is used again, so that the list of slabs does not grow for ever', () => {
  const state = new OwnSlabsModel();
  for (let round = 0; round < 100; round++) {
    state.create(CLASSES[0], 1, round % 2 === 0);
    state.drop(state.models[0]);
    state.verify();
  }
  expect(state.own.slabs.length).toBe(2);
});

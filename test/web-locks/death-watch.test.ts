import { describe, expect, test } from 'vitest';
import { MemoryManager } from '../../src/index.ts';
import { Layout } from '../../src/layout/layout.ts';
import { ThreadSlots } from '../../src/sync/thread-slots.ts';
import { DeathWatch } from '../../src/web-locks/death-watch.ts';
import { KnownDeaths } from '../../src/web-locks/known-deaths.ts';
import { WebLocksLiveness } from '../../src/web-locks/web-locks-liveness.ts';
import { emptyHeapBuffer } from '../support/tables.ts';
import { errorOf } from '../support/misuse.ts';
import { FakeLocks } from './fake-locks.ts';

/** Long enough for every promise that waits for nothing but others. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Threads of one heap that has room for two besides the watch, each with a Web Lock of its own. */
class Browser implements Disposable {
  readonly locks = new FakeLocks();
  readonly #layout = new Layout(emptyHeapBuffer(10));
  readonly slots: ThreadSlots = this.#slotsOf('page');
  #watch: DeathWatch | undefined;

  #slotsOf(thread: string): ThreadSlots {
    return new ThreadSlots(this.#layout, new WebLocksLiveness(this.locks.of(`${thread} besides`)));
  }

  get watch(): DeathWatch {
    return (this.#watch ??= new DeathWatch(this.locks.of('page'), this.slots, 0));
  }

  /** A thread that attaches; it has its lock once it has returned to its event loop. */
  attach(thread: string, liveness: WebLocksLiveness = new WebLocksLiveness(this.locks.of(thread))) {
    const slots = new ThreadSlots(this.#layout, liveness);
    const owner = slots.claim(liveness.self());
    return { liveness, slots, owner };
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
  }
}

describe('a watch', () => {
  test('frees the slot of a thread that ends, as soon as its lock is free', async () => {
    using browser = new Browser();
    browser.attach('worker');
    await settled();
    await browser.watch.look();
    expect(browser.slots.claimedCount()).toBe(1);
    browser.locks.end('worker');
    await settled();
    expect(browser.slots.claimedCount()).toBe(0);
  });

  test('does not take a thread for dead that has not come to ask for its lock, however often it looks', async () => {
    using browser = new Browser();
    const silent = new FakeLocks();
    silent.refusal = new Error('not yet');
    browser.attach('worker', new WebLocksLiveness(silent.of('worker')));
    for (let look = 0; look < 5; look++) await browser.watch.look();
    expect(browser.slots.claimedCount()).toBe(1);
  });

  test('believes a thread that vouched for itself before the watch began', async () => {
    using browser = new Browser();
    const { slots, owner } = browser.attach('worker');
    await settled();
    slots.vouch(owner);
    browser.locks.end('worker');
    await browser.watch.look();
    expect(browser.slots.claimedCount()).toBe(0);
  });

  test('does not mean the next tenant of a slot', async () => {
    using browser = new Browser();
    const { slots, owner } = browser.attach('worker');
    await settled();
    await browser.watch.look();
    slots.release(owner);
    const silent = new FakeLocks();
    silent.refusal = new Error('not yet');
    const next = browser.attach('next', new WebLocksLiveness(silent.of('next')));
    expect((next.owner >>> 1) & 1023).toBe((owner >>> 1) & 1023);
    browser.locks.end('worker');
    for (let look = 0; look < 3; look++) await browser.watch.look();
    expect(browser.slots.claimedCount()).toBe(1);
    expect(browser.slots.isVouchedFor(next.owner)).toBe(false);
  });

  test('is not deceived by other watches that look at the same time', async () => {
    using browser = new Browser();
    using other = new DeathWatch(browser.locks.of('other page'), browser.slots, 0);
    const silent = new FakeLocks();
    silent.refusal = new Error('not yet');
    const { owner } = browser.attach('worker', new WebLocksLiveness(silent.of('worker')));
    for (let look = 0; look < 5; look++) await Promise.all([browser.watch.look(), other.look()]);
    expect(browser.slots.isVouchedFor(owner)).toBe(false);
    expect(browser.slots.claimedCount()).toBe(1);
  });

  test('knows nothing where locks are refused', async () => {
    using browser = new Browser();
    const { slots, owner } = browser.attach('worker');
    await settled();
    slots.vouch(owner);
    browser.locks.refusal = new Error('no');
    browser.locks.end('worker');
    await browser.watch.look();
    expect(browser.slots.claimedCount()).toBe(1);
  });

  test('asks for nothing any more when it is over', async () => {
    using browser = new Browser();
    browser.attach('worker');
    await settled();
    await browser.watch.look();
    browser.watch[Symbol.dispose]();
    browser.locks.end('worker');
    await settled();
    expect(browser.slots.claimedCount()).toBe(1);
  });
});

describe('a member', () => {
  test('is ready when it has its lock, and vouches for itself then', async () => {
    using browser = new Browser();
    const { liveness, slots, owner } = browser.attach('worker');
    const deaths = new KnownDeaths(liveness, slots, owner);
    deaths.start();
    expect(slots.isVouchedFor(owner)).toBe(false);
    await deaths.ready();
    await settled();
    expect(slots.isVouchedFor(owner)).toBe(true);
    deaths.end();
  });

  test('is told where the page may not use locks', async () => {
    const locks = new FakeLocks();
    locks.refusal = new Error('insecure');
    await expect(new WebLocksLiveness(locks.of('worker')).held).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'this page may not use Web Locks: Error: insecure',
    });
  });

  test('that watches for several reasons watches until the last is gone', async () => {
    using browser = new Browser();
    const page = browser.attach('page');
    browser.attach('worker');
    await settled();
    const deaths = new KnownDeaths(page.liveness, browser.slots, page.owner);
    const first = deaths.watch();
    const second = deaths.watch();
    await deaths.look();
    first[Symbol.dispose]();
    browser.locks.end('worker');
    await settled();
    expect(browser.slots.claimedCount()).toBe(1);
    second[Symbol.dispose]();
  });
});

describe('where there are no Web Locks', () => {
  const webWorker = { terminate: () => undefined, postMessage: () => undefined, addEventListener: () => undefined };

  test('a thread is ready at once', async () => {
    using heap = new MemoryManager(65_536);
    await heap.ready();
  });

  test('watching a web worker, and declaring it dead, is UNSUPPORTED', async () => {
    using heap = new MemoryManager(65_536);
    expect(errorOf(() => heap.watch(webWorker)).code).toBe('UNSUPPORTED');
    await expect(heap.declareDead(webWorker)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

/**
 * What this thread may do while it waits. A browser's main thread may not block; old engines have no `Atomics.pause`.
 */

const canPause = 'pause' in Atomics;
let blockable: boolean | undefined;

/** Whether `Atomics.wait` is allowed in this thread. */
export function mayBlock(): boolean {
  return (blockable ??= probeBlocking());
}

function probeBlocking(): boolean {
  const probe = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  try {
    Atomics.wait(probe, 0, 1, 0); // the value differs, so this returns at once wherever it is allowed
    return true;
  } catch {
    return false;
  }
}

/** Tells the processor that this is a spin loop, where the engine can. */
export function spinPause(): void {
  if (canPause) (Atomics as typeof Atomics & { pause(): void }).pause();
}

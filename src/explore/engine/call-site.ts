/**
 * The place in the code from which an operation is called. The code under test may have changed, replaced or frozen
 * `Error`: what can be changed is changed for the time of a look at the stack, and what cannot is put up with.
 */
const STACK_FRAMES = 8;

/** A function on the stack. */
type Callable = Parameters<typeof Error.captureStackTrace>[1];
type Prepare = (error: Error, sites: NodeJS.CallSite[]) => unknown;

const OwnError = Error;
const captureStackTrace = Error.captureStackTrace.bind(Error);

/**
 * A hash over the positions of the calls that led to `inner`, which is on the stack. The calls inside it do not count:
 * they differ by what it is about to decide. Takes some 10 µs.
 */
export function callSite(inner: Callable): number {
  const found = stackOutside(inner, STACK_FRAMES, hashOfPositions);
  return typeof found === 'number' ? found : hashOfText(String(found));
}

/** The stack from the caller of `inner` outward, as `prepare` makes it, or as Node does by itself. */
export function stackOutside(inner: Callable, frames: number, prepare?: Prepare): unknown {
  const holder: { stack?: unknown } = {};
  const giveBackLimit = lend('stackTraceLimit', frames);
  const giveBackPrepare = lend('prepareStackTrace', prepare);
  try {
    captureStackTrace(holder, inner);
    // The stack is prepared when it is read for the first time.
    return holder.stack;
  } catch {
    return '';
  } finally {
    giveBackPrepare();
    giveBackLimit();
  }
}

/** Gives `Error` another property, if it takes one, and returns how to undo that. */
function lend(name: 'stackTraceLimit' | 'prepareStackTrace', value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(OwnError, name);
  Reflect.defineProperty(OwnError, name, before === undefined ? { value, configurable: true } : { value });
  if (before === undefined) return () => Reflect.deleteProperty(OwnError, name);
  return () => Reflect.defineProperty(OwnError, name, before);
}

/** V8 knows the offset of a call in its script, which its type declarations leave out. */
function hashOfPositions(_error: Error, sites: NodeJS.CallSite[]): number {
  let hash = 7;
  for (const site of sites) hash = Math.imul(hash ^ (site as unknown as { getPosition(): number }).getPosition(), 31);
  return hash;
}

function hashOfText(text: string): number {
  let hash = 7;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 31);
  return hash;
}

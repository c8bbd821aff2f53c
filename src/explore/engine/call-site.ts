/** The place in the code from which an operation is called. */
const STACK_FRAMES = 8;

type Callable = Parameters<typeof Error.captureStackTrace>[1];

/**
 * A hash over the positions of the calls that led to `inner`, which is on the stack. The calls inside it do not count:
 * they differ by what it is about to decide. Takes some 10 µs.
 */
export function callSite(inner: Callable): number {
  const { stackTraceLimit } = Error;
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const holder: { stack?: unknown } = {};
  Error.stackTraceLimit = STACK_FRAMES;
  Error.prepareStackTrace = hashOfPositions;
  Error.captureStackTrace(holder, inner);
  const hash = holder.stack;
  if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
  else Object.defineProperty(Error, 'prepareStackTrace', before);
  Error.stackTraceLimit = stackTraceLimit;
  return typeof hash === 'number' ? hash : 0;
}

/** V8 knows the offset of a call in its script, which its type declarations leave out. */
function hashOfPositions(_error: Error, sites: NodeJS.CallSite[]): number {
  let hash = 7;
  for (const site of sites) hash = Math.imul(hash ^ (site as unknown as { getPosition(): number }).getPosition(), 31);
  return hash;
}

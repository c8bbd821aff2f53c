/**
 * Breaks the lock on purpose, in this thread alone, so that a stress run can show that it would notice. Not part of
 * the public interface; it replaces methods rather than adding a test to the path that everybody takes.
 */
import { Spinlock } from './spinlock.ts';

/** From now on acquiring the lock succeeds at once, whoever holds it. */
export function breakLock(): void {
  Spinlock.prototype.acquire = () => 'acquired';
  Spinlock.prototype.tryAcquire = () => true;
  Spinlock.prototype.release = () => undefined;
}

/**
 * Breaks the lock on purpose, in this thread alone, so that a stress run can show that it would notice. Not part of
 * the public interface; it replaces methods rather than adding a test to the path that everybody takes.
 */
import { RobustLock } from './robust-lock.ts';

/** From now on acquiring the lock succeeds at once, whoever holds it; a release gives back one's own lock only. */
export function breakLock(): void {
  RobustLock.prototype.acquire = () => 'acquired';
  RobustLock.prototype.tryAcquire = () => true;
}

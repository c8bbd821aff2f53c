/**
 * The heaps that this thread is attached to, by their random id: posting a handle yields a new SharedArrayBuffer
 * object each time, yet attaching again must find the manager that the thread has. Managers are held weakly; the
 * thread slot of one that was collected without `detach` is freed.
 */
import type { Membership } from '../heap/membership.ts';
import type { MemoryManager } from './memory-manager.ts';

const managers = new Map<string, WeakRef<MemoryManager>>();

const collected = new FinalizationRegistry<{ heapId: string; member: Membership }>(({ heapId, member }) => {
  member.leaveWithoutLock();
  if (managers.get(heapId)?.deref() === undefined) managers.delete(heapId);
});

/** The manager of this thread for the heap, if it is attached. */
export function attachedManager(heapId: string): MemoryManager | undefined {
  return managers.get(heapId)?.deref();
}

export function rememberManager(heapId: string, manager: MemoryManager, member: Membership): void {
  managers.set(heapId, new WeakRef(manager));
  collected.register(manager, { heapId, member }, manager);
}

export function forgetManager(heapId: string, manager: MemoryManager): void {
  managers.delete(heapId);
  collected.unregister(manager);
}

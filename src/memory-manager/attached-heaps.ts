/**
 * The heaps that this thread is attached to, by their random id: posting a handle yields a new SharedArrayBuffer
 * object each time, yet attaching again must find the manager that the thread has. Managers are held weakly; the
 * thread slot of one that was collected without `detach` is freed.
 */
import type { Attachment } from './attachment.ts';
import type { MemoryManager } from './memory-manager.ts';

const managers = new Map<string, WeakRef<MemoryManager>>();

const collected = new FinalizationRegistry<{ heapId: string; attachment: Attachment }>(({ heapId, attachment }) => {
  attachment.releaseWithoutLock();
  if (managers.get(heapId)?.deref() === undefined) managers.delete(heapId);
});

/** The manager of this thread for the heap, if it is attached. */
export function attachedManager(heapId: string): MemoryManager | undefined {
  return managers.get(heapId)?.deref();
}

export function rememberManager(heapId: string, manager: MemoryManager, attachment: Attachment): void {
  managers.set(heapId, new WeakRef(manager));
  collected.register(manager, { heapId, attachment }, manager);
}

export function forgetManager(heapId: string, manager: MemoryManager): void {
  managers.delete(heapId);
  collected.unregister(manager);
}

export { AllocatorError, type AllocatorErrorCode } from './allocator-error.ts';
export type { FreeRun, FreeRuns, FitStrategy } from './fit/fit-strategy.ts';
export type { FitName } from './fit/fit.ts';
export type { HeapStats } from './inspect/stats.ts';
export type { BlockInfo, FreeRunInfo } from './inspect/walk.ts';
export { MemoryManagerInterface, type BlockData } from './memory-manager-interface.ts';
export {
  MemoryManager,
  type AllocateAsyncOptions,
  type AllocateOptions,
  type HeapHandle,
  type SharedViews,
  type ViewConstructor,
} from './memory-manager/memory-manager.ts';
export type { AttachOptions, MemoryManagerOptions } from './memory-manager/options.ts';
export type { RecoveryReport } from './memory-manager/recovery.ts';
export type { WatchedPool, WatchedWorker } from './memory-manager/watch.ts';
export type { Liveness } from './sync/liveness.ts';

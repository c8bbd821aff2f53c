export { AllocatorError, type AllocatorErrorCode } from './allocator-error.ts';
export { MemoryManagerInterface, type BlockData } from './memory-manager-interface.ts';

// Node 20 cannot start a thread from a TypeScript file. It can start this one, which loads it.
import { register } from 'tsx/esm/api';

register();
await import('./worker.ts');

// Node 20 cannot start a thread from a TypeScript file. It can start this one, which loads the one it is told to.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(`./${workerData.module}`);

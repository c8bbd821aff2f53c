// Node 20 cannot start a thread from a TypeScript file. It can start this one, which loads it.
import { register } from 'tsx/esm/api';

register();
const { default: task } = await import('./task.ts');
export default task;

// Lets a worker thread of any supported Node load `.ts` files: pass it as `--import` in the worker's `execArgv`.
// Only used when the project runs from its sources; the built package has no TypeScript to load.
import { register } from 'tsx/esm/api';

register();

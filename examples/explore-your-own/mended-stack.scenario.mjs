import { defineScenario } from 'threadheap/explore';
import { pop, push } from './mended-stack.mjs';
import { takeTurns } from './take-turns.mjs';

export default defineScenario(takeTurns({ pop, push }));

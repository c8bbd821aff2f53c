import { defineScenario } from 'threadheap/explore';
import { pop, push } from './broken-stack.mjs';
import { takeTurns } from './take-turns.mjs';

export default defineScenario(takeTurns({ pop, push }));

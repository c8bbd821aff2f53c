import { defineScenario } from 'threadheap/explore';
import { pop, push } from './broken-stack.ts';
import { takeTurns } from './take-turns.ts';

export default defineScenario(takeTurns({ pop, push }));

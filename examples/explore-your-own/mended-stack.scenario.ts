import { defineScenario } from 'threadheap/explore';
import { pop, push } from './mended-stack.ts';
import { takeTurns } from './take-turns.ts';

export default defineScenario(takeTurns({ pop, push }));

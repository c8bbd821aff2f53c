/** Runs the scenarios of this folder. */
import { explore, type ExploreOptions, type ExploreResult } from '../../src/explore/index.ts';

export const scenario = (name: string): URL => new URL(`./scenarios/${name}.scenario.ts`, import.meta.url);

export const run = (name: string, options?: ExploreOptions): Promise<ExploreResult> => explore(scenario(name), options);

/** What a stress run found out beside its verdict, in lines: the first violations, and what deaths did. */
import type { KillResult, StressResult, WorkloadResult } from '../../stress/results/stress-result.ts';
import { violationDetail, violationPlace } from '../../stress/results/verdict.ts';
import type { Violation } from '../../stress/results/violation.ts';
import { count } from '../../quantity.ts';

const SHOWN_VIOLATIONS = 10;

export function violationLines(report: StressResult): string[] {
  const kept = report.runs.flatMap((run) => run.firstViolations.map((violation) => ({ run, violation })));
  const lines = kept.slice(0, SHOWN_VIOLATIONS).map(({ run, violation }) => violationLine(run.name, violation));
  const rest = report.violations - lines.length;
  return rest > 0 ? [...lines, `  … and ${count(rest)} more`] : lines;
}

function violationLine(name: string, violation: Violation): string {
  return `  ${violation.kind}: ${violationDetail(violation)} (${violationPlace(name, violation)})`;
}

/** What the deaths did. */
export function killLines(runs: readonly WorkloadResult[]): string[] {
  return runs.flatMap(({ name, kills }) => (kills === null ? [] : killSentences(name, kills)));
}

function killSentences(name: string, kills: KillResult): string[] {
  const { deaths, deathsPerSecond, lockSeizures, tablesRebuilt, slabsAdopted, longestWaitMs } = kills;
  const { operationsInFlight, blocksInFlight, blocksRecovered } = kills;
  return [
    `${name}: ${count(deaths)} threads died, ${deathsPerSecond.toFixed(1)}/s, ${count(operationsInFlight)} of them inside a call.`,
    `  The lock was seized ${timesOf(lockSeizures)}, the table rebuilt ${timesOf(tablesRebuilt)}, ${count(slabsAdopted)} slabs were adopted.`,
    `  ${count(blocksRecovered)} blocks were found, verified and freed; ${count(blocksInFlight)} in flight were lost from sight.`,
    `  No thread waited longer than ${longestWaitMs.toFixed(1)} ms for the lock.`,
  ];
}

function timesOf(number: number): string {
  return number === 1 ? 'once' : `${count(number)} times`;
}

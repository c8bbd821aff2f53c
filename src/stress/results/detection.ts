/**
 * What a run of some length can say: a fault that strikes one time in n is missed by all of t trials with probability
 * (1 − 1/n)^t.
 */
import type { DetectionPower } from './stress-result.ts';

/** The rarest fault to be named is one that would have been seen with at least this probability. */
const LEAST_PROBABILITY = 0.9;

/** Undefined when there were too few trials to say anything. */
export function detectionPower(of: DetectionPower['of'], trials: number): DetectionPower | undefined {
  let oneIn = 1;
  while (probabilityOf(oneIn * 10, trials) >= LEAST_PROBABILITY) oneIn *= 10;
  if (oneIn === 1) return undefined;
  const probability = probabilityOf(oneIn, trials);
  const text = `${amount(trials)} ${of}: a fault of 1 in ${amount(oneIn)} would have been seen with ${share(probability)}`;
  return { of, trials, oneIn, probability, text };
}

function probabilityOf(oneIn: number, trials: number): number {
  return -Math.expm1(trials * Math.log1p(-1 / oneIn));
}

/** `950`, `3.4 million`. */
function amount(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} billion`;
  if (value >= 1e6) return `${short(value / 1e6)} million`;
  return value.toLocaleString('en-US');
}

function short(value: number): string {
  return value < 100 ? String(Number(value.toFixed(1))) : Math.floor(value).toLocaleString('en-US');
}

/** Never more than is so. */
function share(probability: number): string {
  return probability > 0.999 ? 'more than 99.9 %' : `${Math.floor(probability * 100)} %`;
}

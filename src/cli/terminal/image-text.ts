/** What an image tells, as text and as JSON. */
import type { ImageFindings, LiveOwner } from '../../image/findings.ts';
import type { ImageGrowth } from '../../image/growth.ts';
import { SLAB_UNIT_BYTES, Change } from '../../layout/regions.ts';
import { isSlab, unitsOf } from '../../table/block-map.ts';
import type { Tenant } from '../../sync/thread-slots.ts';
import { bytes, count, percent } from '../../quantity.ts';
import { tableWidth } from './printed.ts';
import { textTable, type Column } from './text-table.ts';

/** Sizes and owners that have a line; the others share one. */
const MOST_LINES = 16;

export function titleOf(file: string, { head, blocks, bytes: liveBytes }: ImageFindings): string {
  const { unitBytes, unitCount, unitLimit, fitName } = head;
  const most = unitLimit === unitCount ? '' : ` of at most ${bytes(unitLimit * unitBytes)}`;
  const slabs = unitBytes === SLAB_UNIT_BYTES ? 'with' : 'without';
  const memory = `${bytes(unitCount * unitBytes)}${most}, ${fitName}, ${slabs} slabs`;
  return `${file}: ${memory}; ${count(blocks)} live block${blocks === 1 ? '' : 's'}, ${bytes(liveBytes)}`;
}

/** The lock, the pending change, and the threads, as nobody had touched them yet. */
export function foundText(findings: ImageFindings): string {
  const { found } = findings;
  const lines = [
    `lock             ${lockText(findings)}`,
    `pending change   ${changeText(findings)}`,
    `threads          ${found.threads.length === 0 ? 'none attached' : ''}`.trimEnd(),
    ...found.threads.map((thread) => `  ${threadText(thread)}`),
  ];
  return lines.join('\n');
}

function lockText({ found: { lockOwner, threads } }: ImageFindings): string {
  if (lockOwner === 0) return 'free';
  const owner = threads.find((thread) => thread.owner === lockOwner);
  if (owner === undefined) return 'held by a thread that had left its slot: it died inside';
  return owner.isAlive ? `held by ${nameOf(owner)}, which was at work` : `held by ${nameOf(owner)}, which died inside`;
}

function changeText({ found }: ImageFindings): string {
  const { change, pendingHead, pendingWord, isCommitted } = found;
  if (change === Change.NONE) return 'none';
  if (change === Change.PREPARED) return 'one was being prepared; a repair forgets it';
  const outcome = isCommitted
    ? 'it had taken effect, and a repair completes it'
    : 'it had not taken effect, and a repair undoes it';
  if (change === Change.GROWTH) return `growth from ${count(pendingHead)} to ${count(pendingWord)} units; ${outcome}`;
  return `${runText(pendingWord)} at unit ${count(pendingHead)}; ${outcome}`;
}

function runText(word: number): string {
  const kind = word < 0 ? 'a free run' : isSlab(word) ? 'a slab' : 'a block';
  return `${kind} of ${count(unitsOf(word))} units`;
}

function nameOf({ workerId, owner }: Tenant): string {
  if (workerId === undefined) return `a thread (owner word ${owner})`;
  return workerId === 0 ? 'the main thread' : `worker ${workerId}`;
}

function threadText(thread: Tenant): string {
  return `${nameOf(thread)}: ${thread.isAlive ? 'alive' : 'dead'}`;
}

export function sizesTable({ sizes, bytes: all }: ImageFindings): string {
  const rows = sizes.map(({ size, kind, ...live }) => [`${bytes(size)} ${kind}`, live.blocks, live.bytes] as const);
  return liveTable('size', rows, all);
}

export function ownersTable({ owners, bytes: all }: ImageFindings): string {
  const rows = owners.map((owner) => [ownerText(owner), owner.blocks, owner.bytes] as const);
  return liveTable('owner', rows, all);
}

function ownerText({ state, thread, slabs }: LiveOwner): string {
  const of = `${count(slabs)} slab${slabs === 1 ? '' : 's'} of`;
  if (state === 'table') return 'no slab: larger blocks';
  if (state === 'none') return `${of} threads that had left`;
  if (thread === undefined) return `${of} a thread that is gone`;
  return `${of} ${nameOf(thread)}, ${state}`;
}

type LiveRow = readonly [name: string, blocks: number, bytes: number];

function liveTable(title: string, rows: readonly LiveRow[], all: number): string {
  const lines = rows.length > MOST_LINES ? [...rows.slice(0, MOST_LINES - 1), others(rows)] : rows;
  const columns: readonly Column<LiveRow>[] = [
    { title, kind: 'text', of: ([name]) => name },
    { title: 'blocks', kind: 'number', of: ([, blocks]) => count(blocks) },
    { title: 'bytes', kind: 'number', of: ([, , live]) => bytes(live) },
    { title: 'share', kind: 'number', of: ([, , live]) => percent(all === 0 ? 0 : live / all) },
  ];
  return textTable(columns, lines, tableWidth());
}

function others(rows: readonly LiveRow[]): LiveRow {
  const rest = rows.slice(MOST_LINES - 1);
  const sum = (column: 1 | 2) => rest.reduce((total, row) => total + row[column], 0);
  return [`${count(rest.length)} others`, sum(1), sum(2)];
}

export function foundJson({ head, found }: ImageFindings): object {
  const { root, threadCount: _threads, headCount: _heads, slabWords: _words, ...constants } = head;
  const { lockOwner, change, pendingHead, pendingWord, isCommitted, threads } = found;
  const changes = Object.entries(Change) as [string, number][];
  const name = changes.find(([, value]) => value === change)?.[0].toLowerCase();
  return {
    heap: { ...constants, root: Number(new BigInt64Array(root.slice(0, 2).buffer)[0]) },
    found: { lockOwner, change: { kind: name, pendingHead, pendingWord, isCommitted }, threads },
  };
}

/** An image, by its file and what was found in it. */
export type NamedFindings = ImageFindings & { readonly file: string };

export function growthText(before: NamedFindings, after: NamedFindings, growth: ImageGrowth): string {
  const { kept, appeared, vanished, isSameHeap } = growth;
  const lines = [before, after].map((side) => titleOf(side.file, side));
  const total = `live: ${signed(growth.bytes, bytes)} in ${signed(growth.blocks, count)} blocks`;
  const places = `${count(appeared)} blocks are new, ${count(vanished)} are gone, ${count(kept)} are where they were`;
  const kinship = isSameHeap ? places : 'the images are of two heaps, so that addresses cannot be compared';
  return [...lines, '', total, kinship, '', growthTable(growth)].join('\n');
}

const GROWTH: readonly Column<ImageGrowth['sizes'][number]>[] = [
  { title: 'what grew, most first', kind: 'text', of: ({ size, kind }) => `${bytes(size)} ${kind}` },
  { title: 'blocks', kind: 'number', of: (grown) => signed(grown.blocks, count) },
  { title: 'bytes', kind: 'number', of: (grown) => signed(grown.bytes, bytes) },
];

function growthTable({ sizes }: ImageGrowth): string {
  if (sizes.length === 0) return 'no size has more or fewer blocks than before';
  const half = MOST_LINES / 2;
  const lines = sizes.length > MOST_LINES ? [...sizes.slice(0, half), ...sizes.slice(-half)] : sizes;
  const table = textTable(GROWTH, lines, tableWidth());
  const left = sizes.length - lines.length;
  return left === 0 ? table : `${table}\n${count(left)} sizes between them are left out`;
}

function signed(value: number, shown: (value: number) => string): string {
  return `${value < 0 ? '−' : '+'}${shown(Math.abs(value))}`;
}

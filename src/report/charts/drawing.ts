/**
 * Plots as SVG source: Observable Plot draws into linkedom's document, so that a page needs no script to show them.
 *
 * Colours are CSS variables of the page, which has light and dark ones; text takes the colour of what it stands in.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { rate } from '../../quantity.ts';
import { Markup } from '../page/markup.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Pixels at which drawings are made: the whole width of the page, half of it, a third, and a phone's. */
export const WIDE = 960;
export const HALF = 464;
export const THIRD = 304;
export const NARROW = 328;

export interface DrawingOptions extends Plot.PlotOptions {
  /** What the drawing shows, for those who cannot see it. */
  readonly ariaLabel: string;
}

/** Draws one plot, without legends or captions. */
export function drawing(options: DrawingOptions): Markup {
  const plot = Plot.plot({ ...options, className: 'plot', document });
  plot.querySelector('style')?.remove();
  plot.setAttribute('role', 'img');
  return new Markup(withRoundedPaths(plot.outerHTML));
}

/** A drawing for wide windows and another for narrow ones; the page's style shows the one that fits. */
export function adaptiveDrawing(draw: (width: number) => Markup, wide: number = WIDE, narrow: number = NARROW): Markup {
  return new Markup(`<div class="wide">${draw(wide).source}</div><div class="narrow">${draw(narrow).source}</div>`);
}

/** A name that fits the margin it stands in. */
export function shortened(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}

export function tickOfRate(perSecond: number): string {
  return perSecond === 0 ? '0' : rate(perSecond);
}

/** Outlines to a tenth of a pixel: they are most of a page's bytes. */
function withRoundedPaths(source: string): string {
  return source.replaceAll(/ d="[^"]*"/g, (path) =>
    path.replaceAll(/\d+\.\d+/g, (coordinate) => String(Math.round(Number(coordinate) * 10) / 10)),
  );
}

/** Round numbers from 0 up to `most`, as many as `count` beside 0 at most. */
export function ticksUpTo(most: number, count: number): number[] {
  const least = most / count;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

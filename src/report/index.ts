/** The reports. Their drawing is loaded only when one is wanted, since users need not have what draws. */
export { comparePage } from './compare-page.ts';
export { stressPage } from './stress-page.ts';

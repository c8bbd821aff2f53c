/** Whether the counts are those that take hours: `npm run test:full`. */
export const FULL: boolean = process.env['FULL'] === '1';

/** The error for a value that cannot be shared. */

/** Says what cannot be shared and where it lies in the value that was given. */
export class UnshareableError extends TypeError {
  override readonly name = 'UnshareableError';
  /** The way from the value to the culprit, for example `.users[3].onClick`; `''` if it is the value itself. */
  readonly path: string;

  constructor(what: string, path: string) {
    const supported = 'null, booleans, numbers, bigints, strings, Uint8Arrays, Dates, arrays and plain objects';
    super(`${path === '' ? 'the value' : path} is ${what}; ${supported} can be shared`);
    this.path = path;
  }
}

/** A command that cannot be carried out as it was given. Shown as one line; the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The error for an assignment to a shared value. */
export class ImmutableError extends TypeError {
  override readonly name = 'ImmutableError';

  constructor(key: PropertyKey) {
    super(
      `cannot assign to ${JSON.stringify(String(key))}: a shared value is immutable; change a clone of it and share that`,
    );
  }
}

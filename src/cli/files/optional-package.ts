/** Packages that a heap does not need, nor most commands: whoever asks for one of the others installs them. */
import { UsageError } from './usage-error.ts';

/** What a command does with packages that may be missing. */
export interface OptionalPackages {
  /** As in `traces are replayed by`. */
  readonly purpose: string;
  readonly names: readonly string[];
}

/**
 * @param load - imports what needs the packages
 * @throws UsageError that says how to install what is missing
 */
export async function withPackages<Loaded>(
  { purpose, names }: OptionalPackages,
  load: () => Promise<Loaded>,
): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    const missing = names.find((name) => (error as Error).message.includes(`'${name}'`));
    if (missing === undefined) throw error;
    const remedy = `npm install ${names.join(' ')}`;
    throw new UsageError(`${purpose} ${names.join(' and ')}, and ${missing} is not installed here: ${remedy}`);
  }
}

/**
 * HTML that is put together without forgetting to escape: whatever is put into an `html` template is text, unless it is
 * markup already.
 */
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML source that is safe to insert as it is. */
export class Markup {
  readonly source: string;

  /** @param source - well-formed HTML, of which no part comes from outside unescaped */
  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

export const NOTHING: Markup = new Markup('');

type Insertion = Markup | string | number | readonly Markup[];

export function html(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  return new Markup(parts.map((part, index) => part + sourceOf(insertions[index] ?? NOTHING)).join(''));
}

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]);
}

function sourceOf(insertion: Insertion): string {
  if (insertion instanceof Markup) return insertion.source;
  return typeof insertion === 'object' ? insertion.join('\n') : escaped(String(insertion));
}

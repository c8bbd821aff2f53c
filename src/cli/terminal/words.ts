/** Text that has to fit a line, cut and broken between words only. */

/** As many words as fit, and an ellipsis where some are left out. */
export function cutAtWords(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = text.lastIndexOf(' ', width - 1);
  return `${text.slice(0, Math.max(0, end)).replace(/[\s,;:]+$/, '')}…`;
}

/** As many of the facts as fit, most important first, separated by commas. There is always one. */
export function factsWithin(facts: readonly string[], width: number): string {
  const [first = '', ...others] = facts;
  let line = first;
  for (const fact of others) {
    if (line.length + fact.length + 2 > width) break;
    line += `, ${fact}`;
  }
  return line;
}

/** Lines of at most `width` characters, each after the first indented like the first and by `indent` more. */
export function wrapped(text: string, width: number, indent = 0): string {
  const own = /^ */.exec(text)![0].length;
  const lines: string[] = [];
  let line = ' '.repeat(own);
  let isEmpty = true;
  for (const word of text.trim().split(/ +/)) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = ' '.repeat(own + indent);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}

import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { html, Markup } from '../../../src/report/page/markup.ts';

describe('markup', () => {
  it('escapes whatever is put into it', () => {
    const nasty = `<img src="x" onerror='alert(1)'> & more`;
    const source = html`<p title="${nasty}">${nasty}</p>`.source;
    expect(source).not.toContain('<img');
    const { document } = parseHTML(`<html><body>${source}</body></html>`);
    expect(document.querySelector('p')?.textContent).toBe(nasty);
    expect(document.querySelector('p')?.getAttribute('title')).toBe(nasty);
  });

  it('inserts markup, lists of it and numbers as they are', () => {
    expect(html`<i>${new Markup('<b>1</b>')}</i>`.source).toBe('<i><b>1</b></i>');
    expect(html`${[html`<b></b>`, html`<u></u>`]}${3}`.source).toBe('<b></b>\n<u></u>3');
  });
});

/**
 * The page around a report: one file that needs nothing else, no script, and makes no request.
 */
import { html, Markup } from './markup.ts';
import { STYLE } from './style.ts';

export interface PageParts {
  readonly title: string;
  /** When the report was written. */
  readonly date: Date;
  readonly body: Markup;
}

export function page({ title, date, body }: PageParts): string {
  const day = date.toISOString().replace('T', ' ').slice(0, 16);
  const document = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <title>${title} · threadheap</title>
      <style>
        ${new Markup(STYLE)}
      </style>
    </head>
    <body>
      <main>${body}</main>
      <footer>Written by threadheap on ${day} UTC. This file needs nothing else: no network, no script.</footer>
    </body>
  </html>`;
  return `<!doctype html>\n${document.source}\n`;
}

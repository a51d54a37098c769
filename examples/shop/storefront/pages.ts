/** HTML that needs no more escaping. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A template in which every value is escaped unless it is HTML already. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number)[]
): Html {
  return new Html(parts.reduce((text, part, at) => text + written(values[at - 1] ?? '') + part))
}

function written(value: Html | readonly Html[] | string | number): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map((item) => item.text).join('')
  return String(value).replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}

export function euros(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`
}

// oxlint-disable-next-line max-lines-per-function -- one page, most of it its style sheet
export function page(title: string, content: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title} · Harbour Supplies</title>
        <style>
          :root {
            color-scheme: light dark;
            --line: color-mix(in srgb, currentColor 18%, transparent);
          }
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            max-width: 62rem;
            margin: 0 auto;
            padding: 1rem 1.5rem 4rem;
          }
          header {
            display: flex;
            gap: 1.5rem;
            align-items: baseline;
            border-bottom: 1px solid var(--line);
            margin-bottom: 1.5rem;
          }
          header strong {
            font-size: 1.3rem;
          }
          a {
            color: inherit;
          }
          ul.goods {
            list-style: none;
            padding: 0;
            display: grid;
            gap: 1rem;
            grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr));
          }
          ul.goods li,
          .card {
            border: 1px solid var(--line);
            border-radius: 0.6rem;
            padding: 1rem;
          }
          .card {
            max-width: 26rem;
          }
          .muted {
            opacity: 0.7;
            font-size: 0.9rem;
          }
          label {
            display: block;
            margin: 0.6rem 0;
          }
          input {
            font: inherit;
            width: 100%;
            padding: 0.4rem;
            box-sizing: border-box;
          }
          button {
            font: inherit;
            padding: 0.5rem 1.2rem;
            border-radius: 0.4rem;
            cursor: pointer;
          }
        </style>
      </head>
      <body>
        <header><strong>⚓ Harbour Supplies</strong><a href="/">Products</a></header>
        <h1>${title}</h1>
        ${content}
      </body>
    </html> `.text
}

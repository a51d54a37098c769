import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

export interface ProductRow {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly price: number
}

const pageSize = 12

const materials = ['Oak', 'Brass', 'Linen', 'Copper', 'Cork', 'Slate', 'Wool', 'Glass', 'Hemp', 'Steel']
const goods = [
  ['lantern', 'Light', 'LT'],
  ['compass', 'Navigation', 'NV'],
  ['barometer', 'Navigation', 'NV'],
  ['deck chair', 'Comfort', 'CF'],
  ['rope', 'Rigging', 'RG'],
  ['block', 'Rigging', 'RG'],
  ['mug', 'Galley', 'GL'],
  ['kettle', 'Galley', 'GL'],
  ['blanket', 'Comfort', 'CF'],
  ['bell', 'Signals', 'SG'],
  ['flag', 'Signals', 'SG'],
  ['chart case', 'Navigation', 'NV'],
  ['oil lamp', 'Light', 'LT'],
  ['anchor hook', 'Rigging', 'RG'],
  ['pan', 'Galley', 'GL'],
  ['horn', 'Signals', 'SG'],
  ['hammock', 'Comfort', 'CF'],
  ['torch', 'Light', 'LT'],
  ['cleat', 'Rigging', 'RG'],
  ['tray', 'Galley', 'GL'],
] as const

/** The catalogue's SQLite file; 200 products are put in at first use. Several replicas may open it. */
export function openProducts(dataFolder: string): Products {
  const database = new DatabaseSync(join(dataFolder, 'catalog.sqlite'), { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(
    'CREATE TABLE IF NOT EXISTS product (sku TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, price INTEGER NOT NULL) STRICT',
  )
  fill(database)
  return new Products(database)
}

function fill(database: DatabaseSync): void {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO product (sku, name, category, price) VALUES (?, ?, ?, ?)',
  )
  database.exec('BEGIN IMMEDIATE')
  let number = 1_000
  for (const material of materials) {
    for (const [good, category, prefix] of goods) {
      insert.run(`${prefix}-${number}`, `${material} ${good}`, category, 490 + ((number * 37) % 9_500))
      number += 1
    }
  }
  database.exec('COMMIT')
}

/** A product as the contract shows it. */
export function shown({ price, ...row }: ProductRow) {
  return { ...row, price: { amount: price, currency: 'EUR' as const } }
}

export class Products {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  find(sku: string): ProductRow | undefined {
    return this.#database.prepare('SELECT * FROM product WHERE sku = ?').get(sku) as ProductRow | undefined
  }

  /** One page, as the contract shows it. */
  list(category: string | undefined, page: number) {
    const wanted = category ?? null
    const rows = this.#database
      .prepare('SELECT * FROM product WHERE ?1 IS NULL OR category = ?1 ORDER BY sku LIMIT ?2 OFFSET ?3')
      .all(wanted, pageSize, (page - 1) * pageSize) as unknown as ProductRow[]
    const { total } = this.#database
      .prepare('SELECT count(*) AS total FROM product WHERE ?1 IS NULL OR category = ?1')
      .get(wanted) as { total: number }
    return { products: rows.map(shown), pages: Math.ceil(total / pageSize) }
  }

  close(): void {
    this.#database.close()
  }
}

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const atFirst = 100

/** Stock in a SQLite file that several replicas open; what was never counted has 100 pieces. */
export function openStock(dataFolder: string): Stock {
  const database = new DatabaseSync(join(dataFolder, 'inventory.sqlite'), { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('CREATE TABLE IF NOT EXISTS stock (sku TEXT PRIMARY KEY, available INTEGER NOT NULL) STRICT')
  database.exec(
    'CREATE TABLE IF NOT EXISTS reservation (order_id TEXT PRIMARY KEY, sku TEXT NOT NULL, quantity INTEGER NOT NULL) STRICT',
  )
  return new Stock(database)
}

export class Stock {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  available(sku: string): number {
    const row = this.#database.prepare('SELECT available FROM stock WHERE sku = ?').get(sku)
    return (row as { available: number } | undefined)?.available ?? atFirst
  }

  set(sku: string, available: number): void {
    this.#database
      .prepare(
        'INSERT INTO stock (sku, available) VALUES (?1, ?2) ON CONFLICT (sku) DO UPDATE SET available = ?2',
      )
      .run(sku, available)
  }

  /** True where the order has its goods, now or from an earlier call. */
  reserve(orderId: string, sku: string, quantity: number): boolean {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const reserved = this.#reserve(orderId, sku, quantity)
      this.#database.exec('COMMIT')
      return reserved
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #reserve(orderId: string, sku: string, quantity: number): boolean {
    if (this.#database.prepare('SELECT 1 FROM reservation WHERE order_id = ?').get(orderId) !== undefined)
      return true
    const left = this.available(sku) - quantity
    if (left < 0) return false
    this.set(sku, left)
    this.#database.prepare('INSERT INTO reservation VALUES (?, ?, ?)').run(orderId, sku, quantity)
    return true
  }

  close(): void {
    this.#database.close()
  }
}

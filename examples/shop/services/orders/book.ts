import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Order {
  readonly orderId: string
  readonly sku: string
  readonly quantity: number
  readonly amount: number
  readonly name: string
  readonly email: string
}

/** The order book, a SQLite file that several replicas open. */
export function openBook(dataFolder: string): Book {
  const database = new DatabaseSync(join(dataFolder, 'orders.sqlite'), { timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec(
    `CREATE TABLE IF NOT EXISTS placed (orderId TEXT PRIMARY KEY, sku TEXT NOT NULL, quantity INTEGER NOT NULL,
       amount INTEGER NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL) STRICT`,
  )
  return new Book(database)
}

export class Book {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  find(orderId: string): Order | undefined {
    return this.#database.prepare('SELECT * FROM placed WHERE orderId = ?').get(orderId) as Order | undefined
  }

  write({ orderId, sku, quantity, amount, name, email }: Order): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO placed VALUES (?, ?, ?, ?, ?, ?)')
      .run(orderId, sku, quantity, amount, name, email)
  }

  close(): void {
    this.#database.close()
  }
}

import type { Connection } from 'pg'
import { rowsOfTag, type CommandComplete } from './command-tag.ts'

/** CopyDone: type byte and length. */
const copyDone = Buffer.from([0x63, 0, 0, 0, 4])

/**
 * `COPY … FROM STDIN` as a query of pg. Whoever feeds it writes CopyData messages to the socket when `ready` has
 * resolved, and ends with `finish`.
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY
 */
export class CopyIn {
  readonly #sql: string
  readonly #ready = Promise.withResolvers<void>()
  readonly #done = Promise.withResolvers<bigint>()
  #connection: Connection | null = null
  #rows = 0n

  constructor(sql: string) {
    this.#sql = sql
    this.#done.promise.catch(() => {})
  }

  /** The server takes rows. Stays pending when it refuses, which `done` tells. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Rows that the server stored. Rejects with its error, or with that of the connection. */
  get done(): Promise<bigint> {
    return this.#done.promise
  }

  /** All rows were written. */
  finish(): void {
    this.#connection?.stream.write(copyDone)
  }

  // What pg calls.

  submit(connection: Connection): void {
    this.#connection = connection
    connection.query(this.#sql)
  }

  handleCopyInResponse(): void {
    this.#ready.resolve()
  }

  handleCommandComplete(message: CommandComplete): void {
    this.#rows = rowsOfTag(message)
  }

  handleReadyForQuery(): void {
    this.#done.resolve(this.#rows)
  }

  handleError(error: Error): void {
    this.#done.reject(error)
  }
}

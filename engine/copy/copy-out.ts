import type { Duplex } from 'node:stream'
import type { Connection } from 'pg'
import { FrameScanner } from './frame-scanner.ts'
import { rowsOfTag, type CommandComplete } from './command-tag.ts'

type DataListener = (chunk: Buffer) => void

function isDataListener(listener: unknown): listener is DataListener {
  return typeof listener === 'function'
}

/**
 * `COPY … TO STDOUT` as a query of pg, with the rows sent on to another socket as they come. It stands between the
 * socket and pg's parser while it runs: CopyData messages go to `target` in the chunks in which they were read (a
 * parser would make a buffer and an event of every row), all other messages go to the parser. The source is read no
 * faster than the target takes the bytes.
 */
export class CopyOut {
  readonly #sql: string
  readonly #target: Duplex
  readonly #onProgress: (rows: number, bytes: number) => void
  readonly #done = Promise.withResolvers<bigint>()
  readonly #scanner = new FrameScanner()
  #source: Duplex | null = null
  #parse: DataListener | null = null
  #ended = false
  #rows = 0n

  /** `onProgress` is called for each chunk with the rows and bytes that it brought, without headers. */
  constructor(sql: string, target: Duplex, onProgress: (rows: number, bytes: number) => void) {
    this.#sql = sql
    this.#target = target
    this.#onProgress = onProgress
    this.#done.promise.catch(() => {})
  }

  /** Rows that the server sent; all are written to the target. Rejects with its error, or the connection's. */
  get done(): Promise<bigint> {
    return this.#done.promise
  }

  // What pg calls.

  submit(connection: Connection): void {
    this.#attach(connection.stream)
    connection.query(this.#sql)
  }

  handleCommandComplete(message: CommandComplete): void {
    this.#rows = rowsOfTag(message)
  }

  handleReadyForQuery(): void {
    this.#ended = true
    this.#done.resolve(this.#rows)
  }

  handleError(error: Error): void {
    this.#ended = true
    this.#done.reject(error)
  }

  #attach(source: Duplex): void {
    const parse: unknown = source.listeners('data')[0]
    if (!isDataListener(parse)) throw new TypeError('pg does not read from its socket')
    this.#source = source
    this.#parse = parse
    source.removeListener('data', parse)
    source.on('data', this.#onData)
    this.#target.on('drain', this.#onDrain)
  }

  #detach(source: Duplex, parse: DataListener): void {
    source.removeListener('data', this.#onData)
    this.#target.removeListener('drain', this.#onDrain)
    source.on('data', parse)
    const rest = this.#scanner.takeRest()
    if (rest !== null) parse(rest)
    source.resume()
  }

  readonly #onDrain = (): void => {
    this.#source?.resume()
  }

  readonly #onData = (chunk: Buffer): void => {
    const source = this.#source
    const parse = this.#parse
    if (source === null || parse === null) return
    const { frames, payloadBytes } = this.#scanner
    this.#scanner.scan(chunk, {
      onCopyData: (bytes) => {
        if (this.#target.writable && !this.#target.write(bytes)) source.pause()
      },
      onOther: parse,
    })
    this.#onProgress(this.#scanner.frames - frames, this.#scanner.payloadBytes - payloadBytes)
    if (this.#ended) this.#detach(source, parse)
  }
}

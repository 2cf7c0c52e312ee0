/**
 * The worker thread that pg_dump runs in. pg_dump waits for each answer of the server, so its thread has to
 * sleep; the socket is with the main thread, which stays awake.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { pgDump } from '@electric-sql/pglite-tools/pg_dump'
import { encryptionRefused, FrontendMessages, type FrontendMessage, startupAnswer } from './messages.ts'

export interface PgDumpTask {
  readonly args: readonly string[]
  /** What the server reported of itself when the connection was opened. */
  readonly parameters: Readonly<Record<string, string>>
  /** Queries go out, answers come in. */
  readonly port: MessagePort
  /** Becomes 1 when an answer is in the port. */
  readonly answered: Int32Array<SharedArrayBuffer>
}

/** What the worker sends: bytes for the server with the number of ReadyForQuery to wait for, or its end. */
export type PgDumpMessage =
  | { readonly kind: 'query'; readonly bytes: Uint8Array; readonly answers: number }
  | { readonly kind: 'done'; readonly script: string }
  | { readonly kind: 'failed'; readonly output: string }

/** What pg_dump needs of a PGlite: the methods of the class that it calls. */
interface DumpTool {
  pgDump(options: { pg: RawConnection; args?: string[] }): Promise<File>
}

interface RawConnection {
  query(sql: string): Promise<{ rows: unknown[] }>
  exec(sql: string): Promise<unknown>
  execProtocolRawStream(bytes: Uint8Array, options: { onRawData: (bytes: Uint8Array) => void }): Promise<void>
}

const tool: DumpTool = { pgDump }
const { args, parameters, port, answered }: PgDumpTask = workerData
const fromPgDump = new FrontendMessages()

function send(message: PgDumpMessage): void {
  port.postMessage(message)
}

function isAnswered({ type }: FrontendMessage): boolean {
  return type === 'Q' || type === 'S'
}

/** Sleeps until the server has answered. */
function ask(messages: readonly FrontendMessage[]): Uint8Array {
  Atomics.store(answered, 0, 0)
  send({
    kind: 'query',
    bytes: Buffer.concat(messages.map(({ bytes }) => bytes)),
    answers: messages.filter(isAnswered).length,
  })
  Atomics.wait(answered, 0, 0)
  const answer: unknown = receiveMessageOnPort(port)?.message
  if (!(answer instanceof Uint8Array)) throw new Error('the main thread sent no answer')
  return answer
}

let unsent: FrontendMessage[] = []

function exchange(written: Uint8Array, onRawData: (bytes: Uint8Array) => void): void {
  for (const message of fromPgDump.push(written)) {
    if (message.type === 'encryption request') onRawData(encryptionRefused)
    else if (message.type === 'start-up') onRawData(startupAnswer(parameters))
    // The connection is ended by whoever opened it.
    else if (message.type !== 'X') unsent.push(message)
  }
  if (!unsent.some(isAnswered)) return
  const messages = unsent
  unsent = []
  onRawData(ask(messages))
}

const connection: RawConnection = {
  query: () => Promise.resolve({ rows: [{ search_path: '' }] }),
  exec: () => Promise.resolve([]),
  execProtocolRawStream: (bytes, { onRawData }) => {
    exchange(bytes, onRawData)
    return Promise.resolve()
  },
}

// The name that pg_dump gives itself in what it prints.
process.argv[1] = 'pg_dump'

try {
  const file = await tool.pgDump({ pg: connection, args: [...args] })
  send({ kind: 'done', script: await file.text() })
} catch (error) {
  send({ kind: 'failed', output: error instanceof Error ? error.message : String(error) })
}
port.close()

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { readRows } from '../../catalog/read-rows.ts'
import { type ConnectionSettings, connect, type Session, toSessionError } from '../../endpoint/index.ts'
import { GodwitError } from '../../errors.ts'
import { sqlState } from '../../postgres/index.ts'
import { BackendMessages, findErrorState } from './messages.ts'
import type { PgDumpMessage, PgDumpTask } from './worker.ts'

/** Of the pg_dump that comes with Godwit, as WebAssembly. It reads servers from 9.2 to its own version. */
export const pgDumpVersion = '18.3'

const workerUrl = new URL('./worker.ts', import.meta.url)

/** What libpq has to know of the session that is already there. */
const reportedParameters = [
  'server_version',
  'server_encoding',
  'client_encoding',
  'standard_conforming_strings',
  'integer_datetimes',
] as const

/** Waiting too long for the lock of a table ends in the first; pg_dump uses statement_timeout for it. */
const passingStates: ReadonlySet<string> = new Set([
  sqlState.queryCanceled,
  sqlState.lockNotAvailable,
  sqlState.deadlockDetected,
  sqlState.adminShutdown,
  sqlState.crashShutdown,
])

/**
 * Runs pg_dump on a source and returns its script.
 *
 * pg_dump is the original, compiled to WebAssembly, so nothing has to be installed. It runs in a thread of its
 * own and talks over a connection of ours, which has done TLS and authentication.
 *
 * @throws GodwitError PG_DUMP_FAILED with what pg_dump says; ENDPOINT_… when the source cannot be reached,
 *   CONNECTION_LOST
 */
export async function runPgDump(
  source: ConnectionSettings,
  args: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  await using session = await connect(source, { purpose: 'structure dump' }, signal)
  const parameters = await readParameters(session)
  const { port1: port, port2: workerPort } = new MessageChannel()
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const task: PgDumpTask = { args, parameters, port: workerPort, answered }
  const worker = new Worker(workerUrl, { workerData: task, transferList: [workerPort], execArgv: [] })
  try {
    return await relay({ session, worker, port, answered })
  } catch (error) {
    signal.throwIfAborted()
    throw toSessionError(error, 'Cannot dump the structure of the source', 'PG_DUMP_FAILED')
  } finally {
    await worker.terminate()
    port.close()
  }
}

async function readParameters(session: Session): Promise<Record<string, string>> {
  const rows = await readRows<{ name: string; value: string }>(
    session,
    'the parameters of the session',
    'select name, pg_catalog.current_setting(name) as value from pg_catalog.unnest($1::text[]) as name',
    [reportedParameters],
  )
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

interface Relay {
  readonly session: Session
  readonly worker: Worker
  readonly port: MessagePort
  readonly answered: Int32Array
}

/** Carries queries and answers between pg_dump and the server until it is done. */
async function relay({ session, worker, port, answered }: Relay): Promise<string> {
  const { stream } = session.connection
  const { promise: script, resolve, reject } = Promise.withResolvers<string>()
  const fromServer = new BackendMessages()
  let answer: Buffer[] = []
  let awaited = 0
  let errorState: string | undefined

  // From here on the connection speaks for pg_dump only; pg itself must not try to understand the answers.
  stream.removeAllListeners('data')
  stream.on('data', (bytes: Buffer) => {
    answer.push(bytes)
    const ready = fromServer.countReady(bytes)
    // What the server says of its own accord goes with the next answer.
    if (awaited === 0 || ready === 0) return
    awaited -= ready
    if (awaited > 0) return
    const whole = Buffer.concat(answer)
    answer = []
    errorState = findErrorState(whole) ?? errorState
    port.postMessage(markMetaCommands(whole))
    Atomics.store(answered, 0, 1)
    Atomics.notify(answered, 0)
  })
  stream.once('close', () => {
    reject(new GodwitError('CONNECTION_LOST', 'The connection to the source was lost while pg_dump ran.'))
  })
  port.on('message', (message: PgDumpMessage) => {
    if (message.kind === 'done') resolve(unmarkMetaCommands(message.script))
    else if (message.kind === 'failed') reject(toDumpError(message.output, errorState))
    else {
      awaited += message.answers
      stream.write(message.bytes)
    }
  })
  worker.once('error', (cause) => {
    reject(new GodwitError('PG_DUMP_FAILED', 'pg_dump could not run.', { cause }))
  })
  // The end of the worker can be heard before its last message; that of the port cannot.
  port.once('close', () => reject(new GodwitError('PG_DUMP_FAILED', 'pg_dump ended without a result.')))
  return await script
}

/** What pg_dump prints before an error tells only how far it got, line after line without breaks. */
function toDumpError(output: string, errorState: string | undefined): GodwitError {
  const start = output.indexOf('pg_dump: error:')
  const said = start < 0 ? output : output.slice(start).replaceAll(/pg_dump: (?=detail: |hint: )/g, '\n')
  return new GodwitError('PG_DUMP_FAILED', said.trim(), {
    retryable: errorState !== undefined && passingStates.has(errorState),
  })
}

const mark = '\u0001'

/**
 * The package takes out of the script what looks like psql's \restrict, also inside function bodies. Whatever
 * the server sends of that kind is marked in the same number of bytes, and unmarked in the script.
 */
function markMetaCommands(answer: Buffer): Buffer {
  if (!/\\(?:un)?restrict/i.test(answer.toString('latin1'))) return answer
  return Buffer.from(answer.toString('latin1').replaceAll(/\\(?=(?:un)?restrict)/gi, mark), 'latin1')
}

function unmarkMetaCommands(script: string): string {
  return script.replaceAll(new RegExp(`${mark}(?=(?:un)?restrict)`, 'gi'), '\\')
}

import { createDatabase, startServer, type ServerVersion, type TestDatabase } from '../../support/servers.ts'

/** A statement that a server has run to its end, or a command of replication that it was given. */
export interface LoggedStatement {
  readonly session: string
  readonly text: string
}

/** A database on a server of its own that logs every statement with the name of its session. */
export interface LoggedDatabase extends AsyncDisposable {
  readonly database: TestDatabase
  /** All so far. */
  statements(): Promise<readonly LoggedStatement[]>
}

/** `%a` is the application name; the statement stands behind its duration, so only what has run is there. */
const logSettings = {
  logging_collector: 'on',
  log_filename: 'statements.log',
  log_line_prefix: '|%a|',
  log_min_duration_statement: '0',
  log_replication_commands: 'on',
} as const

const entryPattern =
  /^\|([^|\n]*)\|LOG: {2}(?:duration: \S+ ms {2}(?:statement|execute [^:]*): |received replication command: )([^]*?)(?=^\||$(?![^]))/gm

export async function createLoggedDatabase(version: ServerVersion): Promise<LoggedDatabase> {
  await using opening = new AsyncDisposableStack()
  const server = opening.use(await startServer({ version, settings: logSettings }))
  const database = opening.use(await createDatabase(server))
  const opened = opening.move()
  return {
    database,
    statements: async () => {
      // A session of its own: one that is kept is ended by a fence.
      await using session = await database.connect()
      const { rows } = await session.query<{ log: string }>(
        'select pg_read_file(pg_current_logfile()) as log',
      )
      return [...(rows[0]?.log ?? '').matchAll(entryPattern)].map(([, session = '', text = '']) => ({
        session,
        text: text.trim(),
      }))
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const writing =
  /^(insert|update|delete|truncate|copy .* from|create|drop|alter|commit|START_REPLICATION|CREATE_REPLICATION_SLOT|DROP_REPLICATION_SLOT)|pg_(drop_replication_slot|logical_emit_message|terminate_backend)/i

/** Those of an owner of the migration that change something, or take the slot, or end a session. */
export function writesOf(
  statements: readonly LoggedStatement[],
  { shortId, epoch }: { readonly shortId: string; readonly epoch: bigint },
): readonly LoggedStatement[] {
  const label = `godwit ${shortId} e${epoch} `
  return statements.filter(({ session, text }) => session.startsWith(label) && writing.test(text))
}
